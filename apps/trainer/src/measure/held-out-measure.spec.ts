import fc from 'fast-check';
import { labelEvidence } from './held-out-measure';

function evidenceOf(logits: readonly number[], label: number, probabilities: readonly [number, number, number]) {
  // The second row of a pool.
  const location = {
    rows: [1],
    labels: Int32Array.of(0, label),
    split: { probabilities: Float32Array.of(0, 0, 1, ...probabilities) },
  };
  const { targets, weights } = labelEvidence(Float32Array.from(logits), location);
  return { targets: [...targets], weight: weights[0] as number };
}

describe('labelEvidence', () => {
  it('gives the label of a known image its probability of being right, and the others the rest as the teacher sees them', () => {
    const { targets, weight } = evidenceOf([0, -4, Math.log(3)], 1, [0.75, 0.25, 0]);
    expect(targets).toEqual([0.0625, 0.75, 0.1875].map((value) => expect.closeTo(value, 6) as number));
    expect(weight).toBe(1);
  });

  it('weighs an image by the probability that it shows a known class', () => {
    expect(evidenceOf([2, -1, 0.5], 1, [0, 0, 1])).toMatchObject({ weight: 0 });
    const { targets, weight } = evidenceOf([2, -1, 0.5], 1, [0.3, 0.2, 0.5]);
    expect(weight).toBeCloseTo(0.5, 6);
    expect(targets[1]).toBeCloseTo(0.6, 6);
  });

  it('is never surer than 99 %, and stays finite for large logits', () => {
    expect(evidenceOf([80, -80, 0], 1, [1, 0, 0]).targets[1]).toBeCloseTo(0.99, 6);
    expect(evidenceOf([80, -80, 0], 0, [0, 1, 0]).targets).toEqual(
      [0.01, 0, 0.99].map((value) => expect.closeTo(value, 6) as number),
    );
  });

  it('is a distribution that agrees with Bayes by hand', () => {
    const fraction = fc.double({ min: 0.02, max: 0.98, noNaN: true });
    const row = fc.array(fc.double({ min: -8, max: 8, noNaN: true }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(row, fraction, fc.nat(3), (logits, right, label) => {
        const { targets } = evidenceOf(logits, label, [right, 1 - right, 0]);
        const exponentials = logits.map((value) => Math.exp(value));
        const others = exponentials.reduce((sum, value, k) => sum + (k === label ? 0 : value), 0);
        exponentials.forEach((value, k) => {
          expect(targets[k]).toBeCloseTo(k === label ? right : ((1 - right) * value) / others, 4);
        });
      }),
      { numRuns: 50, seed: 4 },
    );
  });
});
