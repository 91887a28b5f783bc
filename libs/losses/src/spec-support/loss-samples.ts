import { SeededRandom } from '@winnow/random';

/** For specs: `count` standard normal numbers, always the same for the same name. */
export function normals(name: string, count: number): number[] {
  const random = new SeededRandom(name);
  return Array.from({ length: count }, () => random.normal());
}

/** For specs: rows of positive numbers that sum to 1. */
export function distributions(name: string, rows: number, columns: number): number[] {
  const values = normals(name, rows * columns).map(Math.exp);
  return values.map((value, index) => {
    const row = Math.floor(index / columns);
    return value / values.slice(row * columns, (row + 1) * columns).reduce((sum, other) => sum + other, 0);
  });
}

/** For specs: cuts a flat list into rows. */
export function toRows(values: readonly number[], columns: number): number[][] {
  return Array.from({ length: values.length / columns }, (_, row) => values.slice(row * columns, (row + 1) * columns));
}

/** For specs: log softmax of one row, in double precision. */
export function logSoftmaxRow(row: readonly number[]): number[] {
  const highest = Math.max(...row);
  const normaliser = highest + Math.log(row.reduce((sum, value) => sum + Math.exp(value - highest), 0));
  return row.map((value) => value - normaliser);
}

/** For specs: a row scaled to length 1. */
export function unitRow(row: readonly number[]): number[] {
  const length = Math.hypot(...row);
  return row.map((value) => value / length);
}

/** For specs: inner product. */
export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] as number), 0);
}
