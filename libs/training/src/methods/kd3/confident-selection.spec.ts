import { onEngines, tf } from '@winnow/tensor';
import { ConfidentSelector, countConfident, jointLogits, selectConfident, trustInTeacher } from './confident-selection';

/** Two-class logits of a confidence for a class. */
const sure = (confidence: number, label: 0 | 1): [number, number] => {
  const logit = Math.log(confidence / (1 - confidence));
  return label === 0 ? [logit, 0] : [0, logit];
};

describe('the confident selection', () => {
  it('counts the images of each class above .95', () => {
    const logits = [sure(0.96, 0), sure(0.94, 0), sure(0.99, 1), sure(0.97, 0)].flat();
    expect([...countConfident(logits, 2)]).toEqual([2, 1]);
  });

  it('cuts at .95 for the class with most, at .95 r / (2 - r) for others', () => {
    // r = 1/2: .95 / 3 = .317, which the better of two classes always has.
    const two = [sure(0.94, 0), sure(0.96, 0), sure(0.6, 1), sure(0.5001, 1)].flat();
    expect([...selectConfident(two, [10, 5])]).toEqual([0, 1, 1, 1]);
    // r = .9: .95 * .9 / 1.1 = .777
    expect([...selectConfident([sure(0.77, 1), sure(0.78, 1)].flat(), [10, 9])]).toEqual([0, 1]);
  });

  it('takes everything while nothing is confident', () => {
    expect([...selectConfident([sure(0.6, 0), sure(0.7, 1)].flat(), [0, 0])]).toEqual([1, 1]);
  });

  it('hands over from the teacher to the student by the middle of the run', () => {
    const trust = [0, 5, 9, 10, 19].map((epoch) => trustInTeacher(epoch, 20));
    // t = 1/20, 6/20, 10/20.
    expect(trust[0]).toBeCloseTo(1 - Math.exp(-5 * 0.925 ** 2), 10);
    expect(trust[1]).toBeCloseTo(1 - Math.exp(-5 * 0.55 ** 2), 10);
    expect(trust[2]).toBeCloseTo(1 - Math.exp(-5 * 0.25 ** 2), 10);
    expect(trust.slice(3)).toEqual([0, 0]);
    expect([...jointLogits({ teacher: [1, 2], student: [3, -2] }, 0.75)]).toEqual([1.5, 1]);
  });
});

onEngines(() => {
  it('cuts by the counts of the epoch before, whatever parts its batches come in', () => {
    const selector = new ConfidentSelector(Float32Array.of(8, 8), { epochs: 4, stepsPerEpoch: 2 });
    const select = (rows: readonly (readonly [number, number])[], step: number, part = 0): number[] =>
      tf.tidy(() => {
        const logits = tf.tensor2d(rows.flat(), [rows.length, 2]);
        return [...selector.select({ teacher: logits, student: logits }, { step, part })];
      });
    const counts = () => [...selector.counts.dataSync()];
    expect(select([sure(0.96, 0), sure(0.9, 1)], 0)).toEqual([1, 0]);
    expect(counts()).toEqual([8, 8, 1, 0]);
    expect(select([sure(0.97, 0)], 0, 1)).toEqual([1]);
    expect(select([sure(0.97, 1), sure(0.97, 0)], 1)).toEqual([1, 1]);
    expect(counts()).toEqual([8, 8, 3, 1]);
    // r of the second class is 1/3: .95 / 5.
    expect(select([sure(0.6, 1), sure(0.94, 0)], 2)).toEqual([1, 0]);
    expect(counts()).toEqual([3, 1, 0, 0]);
    selector.counts.dispose();
  });
}, ['wasm']);
