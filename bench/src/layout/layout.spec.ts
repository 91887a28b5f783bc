import { SeededRandom } from '@winnow/random';
import { layoutJudge } from './layout-quality';

const COUNT = 60;
const random = new SeededRandom('layout');

/** Images on a half circle, in a plane as they are. */
const angles = Float32Array.from({ length: COUNT }, (_, row) => (row / COUNT) * Math.PI);
const circle = Float32Array.from({ length: 2 * COUNT }, (_, at) =>
  at % 2 === 0 ? Math.cos(angles[at >> 1] as number) : Math.sin(angles[at >> 1] as number),
);
const truth = Int32Array.from({ length: COUNT }, (_, row) => (row === 0 ? -1 : Math.floor((4 * row) / COUNT)));
const judge = layoutJudge({ features: { values: circle, dim: 2 }, truth }, COUNT);

/** As the definition has it, all at once: ranks by counting. */
function naiveTrust(places: Float32Array, k: number): number {
  const rows = Array.from({ length: COUNT }, (_, row) => row);
  const by = (of: (row: number, other: number) => number, row: number): number[] =>
    rows.filter((other) => other !== row).sort((a, b) => of(row, a) - of(row, b));
  const inFeatures = (row: number, other: number): number => Math.abs(angles[row]! - angles[other]!);
  const inPlane = (row: number, other: number): number =>
    Math.hypot(places[2 * row]! - places[2 * other]!, places[2 * row + 1]! - places[2 * other + 1]!);
  const penalty = rows.reduce((sum, row) => {
    const order = by(inFeatures, row);
    return sum + by(inPlane, row).slice(0, k).reduce((all, other) => all + Math.max(0, order.indexOf(other) + 1 - k), 0); // prettier-ignore
  }, 0);
  return 1 - (2 / (COUNT * k * (2 * COUNT - 3 * k - 1))) * penalty;
}

describe('the quality of a layout', () => {
  it('is trustworthy where neighbours are those of the features, and by the definition elsewhere', () => {
    // At its ends a half circle has ties of nothing: the order is that of the angles.
    expect(judge(circle).trustworthiness).toBeCloseTo(1, 9);
    const shuffled = Float32Array.from(circle, () => random.next());
    expect(judge(shuffled).trustworthiness).toBeCloseTo(naiveTrust(shuffled, 10), 2);
    expect(judge(shuffled).trustworthiness).toBeLessThan(0.8);
  });

  it('is pure where neighbours are of the same class, by images of a class alone', () => {
    const apart = Float32Array.from({ length: 2 * COUNT }, (_, at) =>
      at % 2 === 0 ? 10 * (truth[at >> 1] as number) : (at >> 1) / COUNT,
    );
    expect(judge(apart).purity).toBe(1);
    expect(judge(Float32Array.from(circle, () => random.next())).purity).toBeLessThan(0.5);
  });
});
