import { onEngines, tf } from '@winnow/tensor';
import fc from 'fast-check';
import { labelEvidence } from './label-evidence';
import type { PoolSplit } from './training-data';

function splitOf(probabilities: readonly (readonly number[])[]): PoolSplit {
  return {
    kinds: new Uint8Array(probabilities.length),
    probabilities: Float32Array.from(probabilities.flat()),
    refinedLabels: new Int32Array(probabilities.length),
  };
}

function evidenceOf(logits: readonly (readonly number[])[], labels: readonly number[], split: PoolSplit) {
  return tf.tidy(() => {
    const place = { rows: Int32Array.from(labels.keys()), labels: Int32Array.from(labels), split };
    const { logits: moved, targets, weights } = labelEvidence(tf.tensor2d(logits.map((row) => [...row])), place);
    return { logits: moved.arraySync(), targets: targets.arraySync(), weights: weights.arraySync() };
  });
}

const softmax = (row: readonly number[]): number[] => {
  const exponentials = row.map((value) => Math.exp(value - Math.max(...row)));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return exponentials.map((value) => value / sum);
};

onEngines(() => {
  describe('labelEvidence', () => {
    test('gives the label of a known picture its probability of being right', () => {
      // Others: exp(0) + exp(0) = 2; odds 3 to 1: the logit of class 1 becomes log(3 * 2).
      const { logits, targets, weights } = evidenceOf([[0, -4, 0]], [1], splitOf([[0.75, 0.25, 0]]));
      expect(logits[0]?.[0]).toBe(0);
      expect(logits[0]?.[1]).toBeCloseTo(Math.log(6), 5);
      expect(targets[0]).toEqual([0.125, 0.75, 0.125].map((value) => expect.closeTo(value, 5) as number));
      expect(weights).toEqual([1]);
    });

    test('leaves the logits of an open picture as they are', () => {
      const { logits, weights } = evidenceOf([[2, -1, 0.5]], [1], splitOf([[0, 0, 1]]));
      expect(logits).toEqual([[2, -1, 0.5]]);
      expect(weights).toEqual([0]);
    });

    test('moves a doubtful one a part of the way', () => {
      const whole = evidenceOf([[2, -1, 0.5]], [1], splitOf([[0.6, 0.4, 0]])).logits[0]?.[1] as number;
      const half = evidenceOf([[2, -1, 0.5]], [1], splitOf([[0.3, 0.2, 0.5]])).logits[0]?.[1] as number;
      expect(half).toBeCloseTo((whole - 1) / 2, 5);
    });

    test('stays finite for certain kinds and large logits', () => {
      const { logits } = evidenceOf(
        [
          [80, -80, 0],
          [80, -80, 0],
        ],
        [1, 0],
        splitOf([
          [1, 0, 0],
          [0, 1, 0],
        ]),
      );
      // At most 99 %, at least 1 %.
      expect(softmax(logits[0] as number[])[1]).toBeCloseTo(0.99, 5);
      expect(softmax(logits[1] as number[])[0]).toBeCloseTo(0.01, 5);
    });
  });
});

describe('labelEvidence of any logits', () => {
  test('agrees with Bayes by hand for any logits and probabilities', () => {
    const share = fc.double({ min: 0.02, max: 0.98, noNaN: true });
    const row = fc.array(fc.double({ min: -8, max: 8, noNaN: true }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(row, share, fc.nat(3), (logits, right, label) => {
        const { targets } = evidenceOf([logits], [label], splitOf([[right, 1 - right, 0]]));
        const teacher = softmax(logits);
        const others = 1 - (teacher[label] as number);
        teacher.forEach((probability, k) => {
          const expected = k === label ? right : ((1 - right) * probability) / others;
          expect(targets[0]?.[k]).toBeCloseTo(expected, 4);
        });
      }),
      { numRuns: 50, seed: 4 },
    );
  });
});
