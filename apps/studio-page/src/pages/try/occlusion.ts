import { sharesOf } from './shares';

/** Cells a side. */
export const OCCLUSION_CELLS = 8;
/** The middle of the range, as letterboxes are padded. */
const GREY = 128;

/**
 * The square with one cell after the other under grey, [cells * cells, size, size, 3]; its rows first.
 * @param square RGB, [size, size, 3]
 */
export function occludedSquares(square: Uint8Array, size: number, cells = OCCLUSION_CELLS): Uint8Array {
  const all = new Uint8Array(cells * cells * square.length);
  const edge = (cell: number): number => Math.round((cell * size) / cells);
  for (let cell = 0; cell < cells * cells; cell += 1) {
    const copy = all.subarray(cell * square.length, (cell + 1) * square.length);
    copy.set(square);
    const [row, column] = [Math.floor(cell / cells), cell % cells];
    for (let y = edge(row); y < edge(row + 1); y += 1) {
      copy.fill(GREY, (y * size + edge(column)) * 3, (y * size + edge(column + 1)) * 3);
    }
  }
  return all;
}

/**
 * By how much less the student believes in its class where a cell is hidden, [cells * cells]; below 0 where more.
 * @param whole logits of the square, [classes]
 * @param hidden of `occludedSquares`, [cells * cells, classes]
 * @param temperature that shares are calibrated by
 */
export function occlusionDrops(whole: Float32Array, hidden: Float32Array, temperature = 1): Float32Array {
  const classCount = whole.length;
  const shares = sharesOf(whole, temperature);
  const best = shares.indexOf(Math.max(...shares));
  return Float32Array.from({ length: hidden.length / classCount }, (_, cell) => {
    const less = sharesOf(hidden.subarray(cell * classCount, (cell + 1) * classCount), temperature);
    return (shares[best] as number) - (less[best] as number);
  });
}
