/** Rows beyond which evenly spaced ones stand for all: a sum of so many tells it well enough. */
const MAX_ROWS = 32_768;

/**
 * `X^T W X` for weights of the rows.
 * @param values X, [rows, width], row-major
 * @param weightOf of a row
 * @returns symmetric, [width, width]
 */
export function weightedGram(
  { values, width }: { readonly values: Float32Array; readonly width: number },
  weightOf: (row: number) => number,
): Float64Array {
  const count = values.length / width;
  const used = Math.min(count, MAX_ROWS);
  const gram = new Float64Array(width * width);
  for (let turn = 0; turn < used; turn += 1) {
    const row = Math.floor((turn * count) / used);
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
