/** Rows that are enough for an estimate: of standardised columns its error is a hundredth or less. */
export const ESTIMATE_ROWS = 32_768;
/** Shifts sampled rows within their stretches, evenly, so that no order of the images with a period is taken for all of them. */
const GOLDEN_RATIO = 0.618_033_988_749_895;

/**
 * `X^T W X` for weights of the rows.
 * @param values X, [rows, width], row-major
 * @param weightOf of a row
 * @param maxRows of more rows, so many spread ones stand for all; default: the sum is of all
 * @returns symmetric, [width, width]
 */
export function weightedGram(
  { values, width }: { readonly values: Float32Array; readonly width: number },
  weightOf: (row: number) => number,
  maxRows = Infinity,
): Float64Array {
  const count = values.length / width;
  const used = Math.min(count, maxRows);
  const gram = new Float64Array(width * width);
  for (let turn = 0; turn < used; turn += 1) {
    const row = Math.floor(((turn + ((turn * GOLDEN_RATIO) % 1)) * count) / used);
    const weight = (weightOf(row) * count) / used;
    const from = row * width;
    for (let i = 0; i < width; i += 1) {
      const left = weight * (values[from + i] as number);
      for (let j = 0, at = i * width; j <= i; j += 1, at += 1) {
        gram[at] = (gram[at] as number) + left * (values[from + j] as number);
      }
    }
  }
  for (let i = 0; i < width; i += 1) {
    for (let j = 0; j < i; j += 1) gram[j * width + i] = gram[i * width + j] as number;
  }
  return gram;
}
