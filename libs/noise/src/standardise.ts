/**
 * A column to mean 0 and variance 1, in place; one that hardly varies becomes 0.
 * @param values [rows, width], row-major
 */
export function standardise(values: Float32Array, width: number, column: number): void {
  const count = values.length / width;
  let sum = 0;
  for (let at = column; at < values.length; at += width) sum += values[at] as number;
  const mean = sum / count;
  let squares = 0;
  for (let at = column; at < values.length; at += width) squares += ((values[at] as number) - mean) ** 2;
  const spread = Math.sqrt(squares / count);
  const scale = spread > 1e-6 * Math.abs(mean) && spread > 0 ? 1 / spread : 0;
  for (let at = column; at < values.length; at += width) values[at] = scale * ((values[at] as number) - mean);
}
