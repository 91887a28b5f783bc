import { chanceRemark } from '../noise/split-pool';
import { isNearChance } from './plan/training-verdict';

describe('isNearChance', () => {
  it.each([
    [0.109, 10, true],
    [0.18, 10, true],
    [0.2, 10, false],
    [0.5, 2, true],
    [0.6, 2, false],
    [0.11, 1001, false],
    [0.02, 1001, true],
  ])('%d of the images right, %i classes: %s', (agreement, classCount, expected) => {
    expect(isNearChance(agreement, classCount)).toBe(expected);
  });
});

describe('chanceRemark', () => {
  /** Says class 0 of every image. */
  const split = (labels: readonly number[]) => ({
    logits: Float32Array.from(labels.flatMap(() => [2, 1, 0, 0, 0])),
    labels: Int32Array.from(labels),
    classCount: 5,
    features: null,
  });

  it('warns where teacher and labels agree no more than by chance', () => {
    expect(chanceRemark(split([0, 1, 2, 3, 4]))).toMatch(/agree on 20\.0 % of the images, and chance is 20\.0 %/);
  });

  it('says nothing of labels that are mostly wrong', () => {
    expect(chanceRemark(split([0, 0, 1, 2, 3]))).toBeNull();
  });
});
