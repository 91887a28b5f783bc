import { SeededRandom } from '@winnow/random';
import { adjustContrast } from './enhance-pixels';
import { RAND_AUGMENT_OPERATIONS, randAugment } from './rand-augment';
import { translate, turnByDegrees } from './warp-image';

const random = new SeededRandom('image');
const image = { size: 12, pixels: Uint8Array.from({ length: 12 * 12 * 3 }, () => random.int(256)) };

describe('randAugment', () => {
  it('has the fourteen operations of the paper', () => {
    expect(Object.keys(RAND_AUGMENT_OPERATIONS)).toHaveLength(14);
  });

  it.each(Object.entries(RAND_AUGMENT_OPERATIONS))('%s keeps the size and does not touch its input', (_, operation) => {
    const before = Uint8Array.from(image.pixels);
    for (const sign of [1, -1]) {
      expect(operation(image, 0.9, sign)).toHaveLength(image.pixels.length);
      expect(operation(image, 0.9, sign)).toEqual(operation(image, 0.9, sign));
    }
    expect(image.pixels).toEqual(before);
  });

  it('changes nothing at strength 0, where an operation has a strength', () => {
    const { autocontrast: _a, equalize: _e, ...strengths } = RAND_AUGMENT_OPERATIONS;
    for (const operation of Object.values(strengths)) expect(operation(image, 0, 1)).toEqual(image.pixels);
  });

  it('scales strengths as AutoAugment does', () => {
    const { rotate, contrast, 'translate-x': move } = RAND_AUGMENT_OPERATIONS;
    expect(rotate(image, 0.9, 1)).toEqual(turnByDegrees(image, 27));
    expect(contrast(image, 1, -1)).toEqual(adjustContrast(image, 1 - 0.9));
    expect(move(image, 1, 1)).toEqual(translate(image, { right: (12 * 150) / 331, down: 0 }));
  });

  it('applies N operations from the stream alone', () => {
    const view = randAugment(image, new SeededRandom(3), { operations: 3, magnitude: 5 });
    expect(randAugment(image, new SeededRandom(3), { operations: 3, magnitude: 5 })).toEqual(view);
    const views = new Set(Array.from({ length: 20 }, (_, seed) => randAugment(image, new SeededRandom(seed)).join()));
    expect(views.size).toBeGreaterThan(15);
    expect(randAugment(image, new SeededRandom(3), { operations: 0 })).toEqual(image.pixels);
  });
});
