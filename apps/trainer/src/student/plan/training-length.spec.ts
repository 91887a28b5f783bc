import { describeLength, droppedPerEpoch, lengthAdvice } from './training-length';

const plain = {
  images: 300,
  viewsPerImage: 1,
  batch: 128,
  accumulate: 1,
  epochs: 4,
  stepsPerEpoch: 2,
  isPretrained: false,
};

describe('the length of a training', () => {
  it('is told with what each epoch leaves out', () => {
    expect(describeLength(plain)).toBe(
      '2 steps an epoch (batch 128), 8 in all (4 epochs), 44 images left out of each epoch',
    );
    expect(describeLength({ ...plain, images: 2500, viewsPerImage: 2, epochs: 30, stepsPerEpoch: 39 })).toBe(
      '39 steps an epoch (batch 128: 64 images in 2 views each), 1,170 in all (30 epochs), 4 images left out of each epoch',
    );
    expect(describeLength({ ...plain, viewsPerImage: 3, accumulate: 4, stepsPerEpoch: 7 })).toBe(
      '7 steps an epoch (batch 128: 40 images in 3 views each), 28 in all (4 epochs), 20 images left out of each epoch',
    );
  });

  it('is too short below some hundred updates, and what makes it usual is named in numbers', () => {
    expect(lengthAdvice(plain)).toBe(
      '300 images / batch 128 = 2 steps an epoch, 8 in all; hundreds are usual: --batch 16 --epochs 60 makes 1,080.',
    );
    expect(lengthAdvice({ ...plain, viewsPerImage: 2, stepsPerEpoch: 4, epochs: 30 })).toBe(
      '300 images x 2 views / batch 128 = 4 steps an epoch, 120 in all; hundreds are usual: --batch 32 --epochs 60 makes 1,080.',
    );
    expect(lengthAdvice({ ...plain, epochs: 150 })).toBeNull();
    // Drawn with replacement.
    expect(lengthAdvice({ ...plain, images: 10, stepsPerEpoch: 1, epochs: 1 })).toBe(
      '10 images / batch 128 = 1 step an epoch, 1 in all; hundreds are usual: --batch 8 --epochs 200 makes 200.',
    );
  });

  it('is enough with fewer updates where the student begins with pretrained weights', () => {
    const pretrained = { ...plain, isPretrained: true };
    expect(lengthAdvice(pretrained)).toContain('--batch 16 --epochs 20 makes 360.');
    expect(lengthAdvice({ ...pretrained, epochs: 50 })).toBeNull();
  });

  it('counts the steps of a method that draws from a part of the images', () => {
    const part = { ...plain, stepsPerEpoch: 1 };
    expect(droppedPerEpoch(part)).toBeNull();
    expect(lengthAdvice(part)).toContain(
      '1 step an epoch from a part of the images, 4 in all; hundreds are usual: --epochs 200 makes 200.',
    );
    expect(lengthAdvice({ ...part, epochs: 200 })).toContain('collect more images.');
    expect(lengthAdvice({ ...part, epochs: 300 })).toBeNull();
  });
});
