import type { StudentJob } from './student-job';
import { trainingPart } from './training-part';

const count = 4;
const images = {
  count,
  size: 2,
  pixels: new Uint8Array(count * 12),
  keys: ['a', 'b', 'c', 'd'],
  labels: new Int32Array(count),
  classes: ['x', 'y', 'z'],
};
const job = (applied: readonly { readonly row: number; readonly truth: number | 'open' }[]) =>
  ({
    pool: { images },
    split: {
      split: {
        kinds: Uint8Array.of(0, 1, 1, 2),
        probabilities: new Float32Array(3 * count),
        refinedLabels: Int32Array.of(0, 1, 1, 1),
        score: new Float32Array(count),
      },
    },
    corrections: { applied, unknown: [], foreign: [], digest: null },
  }) as unknown as StudentJob;

describe('trainingPart', () => {
  it("tells a method a person's decisions, by the rows of what it learns from", () => {
    const corrections = [
      { row: 1, truth: 2 },
      { row: 2, truth: 0 },
      { row: 3, truth: 'open' },
    ] as const;
    expect([...(trainingPart(job(corrections), null).known ?? [])]).toEqual([-1, 2, 0, 3]);
    const part = trainingPart(job(corrections), [3, 2, 0]);
    expect([...(part.known ?? [])]).toEqual([3, 0, -1]);
    expect([...(part.split?.kinds ?? [])]).toEqual([2, 1, 0]);
  });

  it('tells nothing where a person decided nothing, also without a split', () => {
    expect(trainingPart(job([]), null)).not.toHaveProperty('known');
    expect(trainingPart(job([{ row: 1, truth: 2 }]), [0, 3])).not.toHaveProperty('known');
    const untaught = trainingPart({ ...job([{ row: 1, truth: 2 }]), split: null }, null);
    expect(untaught).toMatchObject({ split: null, known: Int32Array.of(-1, 2, -1, -1) });
  });
});
