/** A linear axis with round ticks that cover the data. */
export interface AxisScale {
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly number[];
}

/**
 * Ticks at 1, 2 or 5 times a power of ten, about `count` of them, from below the least to above the greatest value.
 * No values, or one, still give an axis with two ends.
 */
export function axisScale(values: readonly number[], count: number): AxisScale {
  const finite = values.filter((value) => Number.isFinite(value));
  let low = finite.reduce((a, b) => Math.min(a, b), Infinity);
  let high = finite.reduce((a, b) => Math.max(a, b), -Infinity);
  if (low > high) [low, high] = [0, 1];
  if (low === high) [low, high] = low === 0 ? [0, 1] : [Math.min(low, 0), Math.max(high, 0)];
  const step = roundStep((high - low) / Math.max(1, count));
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => cleanFloat((first + index) * step));
  return { min: cleanFloat(first * step), max: cleanFloat(last * step), ticks };
}

function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** 0.30000000000000004 is 0.3. */
function cleanFloat(value: number): number {
  return Number(value.toPrecision(12));
}
