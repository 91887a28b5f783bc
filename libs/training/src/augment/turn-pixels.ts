import type { PixelBatch } from './pixel-batch';

/**
 * Turns every image counter-clockwise by quarter turns (numpy's rot90).
 * @param turns 0..3 an image, [count]
 */
export function turnPixels(batch: PixelBatch, turns: ArrayLike<number>): PixelBatch {
  const { count, size } = batch;
  const pixels = new Uint8Array(batch.pixels.length);
  for (let image = 0; image < count; image += 1) {
    const start = image * size * size * 3;
    const { origin, rowStep, columnStep } = walk(turns[image] as number, size);
    let write = start;
    for (let row = 0; row < size; row += 1) {
      let read = start + (origin + row * rowStep) * 3;
      for (let column = 0; column < size; column += 1) {
        pixels[write] = batch.pixels[read] as number;
        pixels[write + 1] = batch.pixels[read + 1] as number;
        pixels[write + 2] = batch.pixels[read + 2] as number;
        write += 3;
        read += columnStep * 3;
      }
    }
  }
  return { count, size, pixels };
}

/** Where in the source the result's rows and columns lead, in pixels. */
function walk(turns: number, size: number): { origin: number; rowStep: number; columnStep: number } {
  const last = size - 1;
  if (turns === 1) return { origin: last, rowStep: -1, columnStep: size };
  if (turns === 2) return { origin: last * size + last, rowStep: -size, columnStep: -1 };
  if (turns === 3) return { origin: last * size, rowStep: 1, columnStep: -size };
  return { origin: 0, rowStep: size, columnStep: 1 };
}
