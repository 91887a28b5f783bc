import type { StoredImages } from '@winnow/contracts';
import { openPixels } from '@winnow/shards';
import { colourImages, turnwiseSplit } from './spec-support/training-under-test';
import { selectImages } from './training-data';
import type { TrainingData } from './training-data';

/** These lines check types: the compiler refuses the file if one of the accesses became possible. */
describe('TrainingData', () => {
  it('has no place for the truth', () => {
    const images = colourImages(3);
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

const images = colourImages(6);
const BYTES = 8 * 8 * 3;
const image = (row: number): Uint8Array => images.pixels.slice(row * BYTES, (row + 1) * BYTES);

describe('selectImages', () => {
  it('copies the rows of a set in memory', () => {
    const chosen = selectImages(images, [4, 1]);
    expect(chosen).toMatchObject({ count: 2, keys: ['image-4', 'image-1'], classes: images.classes });
    expect([...chosen.labels]).toEqual([images.labels[4], images.labels[1]]);
    expect(Buffer.from(chosen.pixels).equals(Buffer.concat([image(4), image(1)]))).toBe(true);
  });

  it('names places in a store, also of a selection', async () => {
    const { pixels, ...list } = images;
    const stored: StoredImages = { ...list, store: { kind: 'memory', size: 8, pixels }, rows: null };
    const chosen = selectImages(selectImages(stored, [5, 3, 1]), [2, 0]);
    expect(chosen.keys).toEqual(['image-1', 'image-5']);
    expect(chosen.store).toBe(stored.store);
    const reader = openPixels(chosen);
    expect(Buffer.from(await reader.read([0, 1])).equals(Buffer.concat([image(1), image(5)]))).toBe(true);
  });
});
