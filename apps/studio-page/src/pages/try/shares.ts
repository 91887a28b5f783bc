/** A class and the share that a student gives it, 0..1. */
interface ClassShare {
  readonly className: string;
  readonly share: number;
}

/**
 * Softmax of logits / temperature.
 * @param logits [classes]
 */
export function sharesOf(logits: ArrayLike<number>, temperature = 1): number[] {
  const values = Array.from(logits, (value) => value / temperature);
  const largest = values.reduce((most, value) => Math.max(most, value), -Infinity);
  const weights = values.map((value) => Math.exp(value - largest));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Largest first. */
export function largestShares(
  shares: readonly number[],
  classes: readonly string[],
  count: number,
): readonly ClassShare[] {
  return shares
    .map((share, index) => ({ className: classes[index] ?? '', share }))
    .sort((a, b) => b.share - a.share)
    .slice(0, count);
}

/** The largest difference of a class between two answers; a class that one lacks has nothing there. */
export function largestDifference(
  classes: readonly string[],
  shares: readonly number[],
  others: ReadonlyMap<string, number>,
): number {
  return classes.reduce(
    (most, name, index) => Math.max(most, Math.abs((shares[index] ?? 0) - (others.get(name) ?? 0))),
    0,
  );
}
