import type { FeaturePool } from './open-score';

/**
 * Mean features of the listed pictures by given label, [dim] each, in the order in which classes first appear; classes
 * without a picture are left out.
 */
export function classMeans(
  { features: { values, dim }, labels }: FeaturePool,
  rows: Int32Array,
): Map<number, Float64Array> {
  const sums = new Map<number, Float64Array>();
  const counts = new Map<number, number>();
  for (const row of rows) {
    const label = labels[row] as number;
    const sum = sums.get(label) ?? new Float64Array(dim);
    for (let d = 0; d < dim; d += 1) sum[d] = (sum[d] as number) + (values[row * dim + d] as number);
    sums.set(label, sum);
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return new Map([...sums].map(([label, sum]) => [label, sum.map((value) => value / (counts.get(label) as number))]));
}
