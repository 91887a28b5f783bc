import type { TrainingData } from './training-data';
import { colourPictures, turnwiseSplit } from './training-under-test';

/** These lines check types: the compiler refuses the file if one of the accesses became possible. */
describe('TrainingData', () => {
  it('has no place for the truth', () => {
    const images = colourPictures(3);
    const data: TrainingData = { images, split: turnwiseSplit(images) };
    // @ts-expect-error a method cannot ask for a test set
    expect(data.test).toBeUndefined();
    // @ts-expect-error nor for true labels
    expect(data.trueLabels).toBeUndefined();
    // @ts-expect-error nor for true kinds
    expect(data.kinds).toBeUndefined();
    // @ts-expect-error nor can the caller hand over the truth in passing
    const leaking: TrainingData = { images, split: null, truth: images.labels };
    expect(leaking.split).toBeNull();
  });
});
