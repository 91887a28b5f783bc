/** What several runs of one kind reached. */
export interface Spread {
  readonly mean: number;
  /** Sample standard deviation; null for a single value. */
  readonly sd: number | null;
  readonly count: number;
}

/** Mean and sample standard deviation of what was measured; null where nothing was. */
export function spread(values: readonly (number | null | undefined)[]): Spread | null {
  const measured = values.filter((value) => value !== null && value !== undefined);
  const count = measured.length;
  if (count === 0) return null;
  const mean = measured.reduce((sum, value) => sum + value, 0) / count;
  const squares = measured.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: count > 1 ? Math.sqrt(squares / (count - 1)) : null, count };
}

/** Fractions in percent, without the sign: `81.2 ± 0.4`, or `81.2` of one value. */
export function spreadText({ mean, sd }: Spread, digits: number): string {
  const percent = (fraction: number): string => (100 * fraction).toFixed(digits);
  return sd === null ? percent(mean) : `${percent(mean)} ± ${percent(sd)}`;
}
