import fc from 'fast-check';
import { evidentialLoss } from './evidential-loss';

const one = (logits: number[], label: number): number =>
  evidentialLoss(Float32Array.from(logits), [label], logits.length)[0] as number;

describe('evidentialLoss', () => {
  it('has its hand value without evidence: alpha (1, 1), S 2: .5 + 2 * 1 / 12', () => {
    expect(one([0, 0], 0)).toBeCloseTo(0.5 + 1 / 6, 12);
    expect(one([-3, -1], 1)).toBeCloseTo(0.5 + 1 / 6, 12);
  });

  it('has its hand value with evidence: alpha (3, 1), S 4', () => {
    const variance = (3 + 3) / (16 * 5);
    expect(one([2, -1], 0)).toBeCloseTo(2 * 0.25 ** 2 + variance, 12);
    expect(one([2, -1], 1)).toBeCloseTo(2 * 0.75 ** 2 + variance, 12);
  });

  it('falls as evidence for the given label grows and stays within 0 and 2', () => {
    const losses = [0, 1, 5, 50, 1e6].map((evidence) => one([evidence, 0, 0], 0));
    expect([...losses].sort((a, b) => b - a)).toEqual(losses);
    expect(losses[4]).toBeLessThan(1e-5);
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 8 }),
        (logits) => {
          const loss = one(logits, 0);
          return loss >= 0 && loss <= 2;
        },
      ),
    );
  });

  it('does not depend on how the classes are numbered, and treats rows one by one', () => {
    const rows = evidentialLoss(Float32Array.from([4, 1, 0, 0, 1, 4]), [0, 2], 3);
    expect(rows[0]).toBeCloseTo(rows[1] as number, 12);
  });

  it('refuses sizes that disagree, labels outside the classes and logits that are no numbers', () => {
    expect(() => evidentialLoss(new Float32Array(5), [0, 1], 3)).toThrow(/5 logits do not make \[2, 3\]/);
    expect(() => evidentialLoss(new Float32Array(6), [0, 3], 3)).toThrow(/label 3 of image 1/);
    expect(() => evidentialLoss(Float32Array.from([0, 0, NaN, 0]), [0, 1], 2)).toThrow(/NaN for image 1/);
  });
});
