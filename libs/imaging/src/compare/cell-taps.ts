/** Which pixels of a line make each cell, and with which weight. Flat, because it is a hot loop. */
export interface CellTaps {
  /** First pixel, [cells]. */
  readonly first: Int32Array;
  /** Where the weights of each cell start, [cells + 1]. */
  readonly starts: Int32Array;
  /** They sum to 1 for each cell. */
  readonly weights: Float64Array;
}

/**
 * Two passes of the Jarosz filter (box means, windows cut at the border; W. Jarosz, "Fast image convolutions", 2001)
 * along a line of `length` pixels, sampled at the middles of the cells. Filtering is linear, so the weights are known
 * before there is a pixel; and they may be put to a line that shows the same at another scale.
 * @param cells samples along the line
 * @param length of the line that the filter is defined for, pixels
 * @param pixels of the line that is there, each taken for the area that it covers
 */
export function cellTaps(cells: number, length: number, pixels: number): CellTaps {
  const first = new Int32Array(cells);
  const starts = new Int32Array(cells + 1);
  const weights: number[] = [];
  const scale = pixels / length;
  for (let cell = 0; cell < cells; cell += 1) {
    const { from, fractions } = filterFractions(Math.floor(((cell + 0.5) * length) / cells), length);
    const start = Math.floor(from * scale);
    const end = Math.min(pixels, Math.ceil((from + fractions.length) * scale));
    const spread = new Float64Array(Math.max(1, end - start));
    for (const [index, fraction] of fractions.entries())
      addArea(spread, (from + index) * scale - start, { scale, share: fraction });
    first[cell] = start;
    weights.push(...spread);
    starts[cell + 1] = weights.length;
  }
  return { first, starts, weights: Float64Array.from(weights) };
}

/** What each pixel weighs in the twice filtered value of one pixel. An even window reaches one further to the right. */
function filterFractions(at: number, length: number): { readonly from: number; readonly fractions: Float64Array } {
  const window = Math.ceil(length / 128);
  const right = Math.floor(window / 2);
  const left = window - 1 - right;
  const reach = (place: number): readonly [number, number] => [
    Math.max(0, place - left),
    Math.min(length - 1, place + right),
  ];
  const [outerFrom, outerTo] = reach(at);
  const [from] = reach(outerFrom);
  const [, to] = reach(outerTo);
  const fractions = new Float64Array(to - from + 1);
  for (let outer = outerFrom; outer <= outerTo; outer += 1) {
    const [innerFrom, innerTo] = reach(outer);
    const fraction = 1 / (outerTo - outerFrom + 1) / (innerTo - innerFrom + 1);
    for (let inner = innerFrom; inner <= innerTo; inner += 1) {
      fractions[inner - from] = (fractions[inner - from] as number) + fraction;
    }
  }
  return { from, fractions };
}

/** Adds a share to the pixels that the area from `start` to `start + scale` covers, in proportion. */
function addArea(
  pixels: Float64Array,
  start: number,
  { scale, share: fraction }: { scale: number; share: number },
): void {
  const end = start + scale;
  for (let at = Math.floor(start); at < Math.min(pixels.length, Math.ceil(end)); at += 1) {
    const covered = Math.max(0, Math.min(end, at + 1) - Math.max(start, at));
    pixels[at] = (pixels[at] as number) + (fraction * covered) / scale;
  }
}
