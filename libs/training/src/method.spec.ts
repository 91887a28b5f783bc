import { METHOD_NAMES, NOISE_KINDS } from '@winnow/contracts';
import { onEngines } from '@winnow/tensor';
import { METHODS } from './methods';
import { imagesOfBatch, stepsPerEpoch } from './method';
import { data, run } from './spec-support/train-under-test';

onEngines(() => {
  it.each(METHOD_NAMES)('%s makes as many steps as it is said to', async (name) => {
    const kindsOf = data.split.kinds;
    const kinds = Object.fromEntries(
      NOISE_KINDS.map((kind, index) => [kind, kindsOf.filter((one) => one === index).length]),
    ) as Record<(typeof NOISE_KINDS)[number], number>;
    const expected = stepsPerEpoch(METHODS[name], { count: data.images.count, kinds }, { batch: 4 });
    expect((await run(name, { epochs: 1, checkpointEverySteps: 0 })).steps).toBe(expected);
  });

  it.each([
    [{ batch: 128 }, 3, 42],
    [{ batch: 128, accumulate: 4 }, 3, 40],
    [{ batch: 128, accumulate: 4 }, 2, 64],
    [{ batch: 4, accumulate: 4 }, 2, 2],
    [{ batch: 4, accumulate: 2 }, 3, 0],
    // There is no room for more views than that.
    [{ batch: 2 }, 16, 1],
  ])('fills a batch of %j with %d views of %d images, in equal parts', (asked, views, images) => {
    expect(imagesOfBatch(asked, views)).toBe(images);
  });

  it('makes a step at least, and counts the views of an image', () => {
    const pool = { count: 10, kinds: null };
    expect(stepsPerEpoch(METHODS.ce, pool, { batch: 64 })).toBe(1);
    expect(stepsPerEpoch(METHODS.winnow, pool, { batch: 6, settings: { views: 3 } })).toBe(5);
  });
}, ['wasm']);
