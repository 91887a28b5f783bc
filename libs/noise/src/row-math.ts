/**
 * @param values [rows, columns], row-major
 * @returns column of each row's largest value, the first of equals, [rows]
 */
export function argmaxRows(values: ArrayLike<number>, columns: number): Int32Array {
  return Int32Array.from({ length: values.length / columns }, (_, row) => {
    let best = 0;
    for (let column = 1; column < columns; column += 1) {
      if ((values[row * columns + column] as number) > (values[row * columns + best] as number)) best = column;
    }
    return best;
  });
}

/**
 * @param values [rows, columns], row-major
 * @returns each row's largest value, [rows]
 */
export function largestOfRows(values: ArrayLike<number>, columns: number): Float64Array {
  const largest = new Float64Array(values.length / columns).fill(-Infinity);
  for (let at = 0; at < values.length; at += 1) {
    const row = Math.floor(at / columns);
    largest[row] = Math.max(largest[row] as number, values[at] as number);
  }
  return largest;
}

/**
 * Log-odds of one class by softmax: `log p / (1 - p)`, exact where p is next to 0 or to 1; Infinity where there is no
 * other class.
 * @param row logits, [classCount]
 */
export function classLogOdds(row: ArrayLike<number>, label: number): number {
  let highest = -Infinity;
  for (let k = 0; k < row.length; k += 1) if (k !== label) highest = Math.max(highest, row[k] as number);
  if (highest === -Infinity) return Infinity;
  let sum = 0;
  for (let k = 0; k < row.length; k += 1) if (k !== label) sum += Math.exp((row[k] as number) - highest);
  return (row[label] as number) - highest - Math.log(sum);
}

/** `1 / (1 + exp(-x))`; the probability that belongs to log-odds. Never NaN for a number. */
export function sigmoid(logOdds: number): number {
  return logOdds >= 0 ? 1 / (1 + Math.exp(-logOdds)) : Math.exp(logOdds) / (1 + Math.exp(logOdds));
}

/**
 * Maps values to 0..1: `(v - min) / (max - min)`; all zeros where every value is the same.
 * @returns [count]
 */
export function minMaxScale(values: ArrayLike<number>): Float64Array {
  let low = Infinity;
  let high = -Infinity;
  for (let index = 0; index < values.length; index += 1) {
    low = Math.min(low, values[index] as number);
    high = Math.max(high, values[index] as number);
  }
  const span = high - low;
  return Float64Array.from(values, (value) => (span > 0 ? (value - low) / span : 0));
}

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

/** Scalar product of two vectors of equal length, summed from the first coordinate on. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = 0;
  for (let d = 0; d < a.length; d += 1) total += (a[d] as number) * (b[d] as number);
  return total;
}

/** Sum of the values, from the first on; 0 without any. */
export function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Some rows of a table, in their order. @param values [rows, width], row-major */
export function selectRows(values: Float32Array, rows: Int32Array, width: number): Float32Array {
  const selected = new Float32Array(rows.length * width);
  rows.forEach((row, at) => selected.set(values.subarray(row * width, (row + 1) * width), at * width));
  return selected;
}

/** Puts rows of a table to their places in a larger one. */
export function indexRows(
  table: Float32Array,
  values: Float32Array,
  { rows, width }: { readonly rows: Int32Array; readonly width: number },
): void {
  rows.forEach((row, at) => table.set(values.subarray(at * width, (at + 1) * width), row * width));
}
