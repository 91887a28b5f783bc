import { METHOD_NAMES, NOISE_KINDS } from '@winnow/contracts';
import { onEngines } from '@winnow/tensor';
import { METHODS } from './methods';
import { stepsPerEpoch } from './method';
import { data, run } from './spec-support/train-under-test';

onEngines(() => {
  it.each(METHOD_NAMES)('%s makes as many steps as it is said to', async (name) => {
    const kindsOf = data.split.kinds;
    const kinds = Object.fromEntries(
      NOISE_KINDS.map((kind, index) => [kind, kindsOf.filter((one) => one === index).length]),
    ) as Record<(typeof NOISE_KINDS)[number], number>;
    const expected = stepsPerEpoch(METHODS[name], { count: data.images.count, kinds }, { batch: 4, settings: {} });
    expect((await run(name, { epochs: 1, checkpointEverySteps: 0 })).steps).toBe(expected);
  });

  it('makes a step at least, and counts the views of an image', () => {
    const pool = { count: 10, kinds: null };
    expect(stepsPerEpoch(METHODS.ce, pool, { batch: 64, settings: {} })).toBe(1);
    expect(stepsPerEpoch(METHODS.winnow, pool, { batch: 6, settings: { views: 3 } })).toBe(5);
  });
}, ['wasm']);
