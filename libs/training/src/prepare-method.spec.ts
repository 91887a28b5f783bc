import { METHOD_NAMES, type ProgressSink } from '@winnow/contracts';
import { onEngines, tf } from '@winnow/tensor';
import { freezeModel } from './teacher/frozen-network';
import type { MethodContext } from './method';
import type { MethodSettings } from './method-settings';
import { METHODS } from './methods';
import { run, stoppingStore } from './spec-support/train-under-test';
import { colourImages, SMALL_INPUT, smallNetwork, turnwiseSplit } from './spec-support/training-under-test';

/** A clock that the method's preparing moves by seven seconds, and nothing else. */
function slowMethod() {
  let now = 0;
  const prepare = (context: MethodContext) => {
    now += 7;
    return METHODS.ce.prepare(context);
  };
  return { method: { ...METHODS.ce, prepare }, seconds: () => now };
}

const WRONG: readonly MethodSettings[] = [
  { answers: 'both' },
  { views: 0 },
  { views: 1.5 },
  { views: 17 },
  { shift: -0.1 },
  { shift: 0.6 },
  { temperature: 0 },
  { refine: 'all' },
  { refineEpochs: -1 },
];

onEngines(() => {
  it.each(METHOD_NAMES)('%s refuses settings that it does not have', async (name) => {
    await expect(run(name, { settings: { nothing: 2 } })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      where: 'setting nothing',
    });
  });

  it.each(METHOD_NAMES)('%s says that its images do not fill a batch', async (name) => {
    const { notes } = await run(name, { batch: 64, epochs: 1 });
    expect(notes.join(' ')).toMatch(/fewer than a batch of \d+: (they are )?drawn with replacement/);
  });

  it.each(WRONG)('winnow refuses %p', async (settings) => {
    await expect(run('winnow', { settings })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      where: `setting ${Object.keys(settings)[0]}`,
    });
  });

  it.each([
    { learningRate: -0.1 },
    { learningRate: NaN },
    { momentum: 1.5 },
    { weightDecay: -1 },
    { schedule: { name: 'cosine', warmUp: 2 } as const },
  ])('no method trains with %p', async (options) => {
    await expect(run('ce', options)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      where: `train.${'schedule' in options ? 'warmUp' : Object.keys(options)[0]}`,
    });
  });

  it.each(['kd', 'kd-known'] as const)('%s has its temperature from the settings', async (name) => {
    const loss = async (settings: MethodSettings) => (await run(name, { settings, epochs: 1 })).metrics[0]?.loss;
    expect(await loss({ temperature: 4 })).toBe(await loss({}));
    expect(await loss({ temperature: 1 })).not.toBe(await loss({}));
    await expect(loss({ temperature: 0 })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it.each<MethodSettings>([{ temperature: -1 }, { weight: 0 }])('dist refuses %p', async (settings) => {
    await expect(run('dist', { settings })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it('winnow says before it asks the teacher that its batches cannot be cut', async () => {
    const asked: string[] = [];
    const progress: ProgressSink = {
      start: ({ label }) => {
        asked.push(label);
        return { update: () => undefined, end: () => undefined };
      },
    };
    await expect(run('winnow', { batch: 3, accumulate: 3 }, { progress })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      where: 'train.batch, train.accumulate',
      next: expect.stringContaining('multiple of 6'),
    });
    expect(asked).toEqual([]);
    expect((await run('winnow', { batch: 12, accumulate: 3, epochs: 1 }, { progress })).steps).toBe(5);
    expect(asked).toEqual(['predict', 'train winnow']);
  });

  const ASKING = ['winnow', 'dfnd', 'kd3', 'simkd', 'modul'] as const;
  it.each(ASKING)('%s stops while it asks the teacher, and leaves nothing behind', async (name) => {
    const before = tf.memory().numTensors;
    const ended: unknown[] = [];
    const progress: ProgressSink = { start: () => ({ update: () => undefined, end: (how) => void ended.push(how) }) };
    await expect(run(name, {}, { signal: AbortSignal.abort(), progress })).rejects.toMatchObject({
      code: 'INTERRUPTED',
      message: expect.stringContaining('prediction stopped'),
    });
    expect(tf.memory().numTensors).toBe(before);
    expect(ended).toEqual(['stopped']);
  });

  it.each(METHOD_NAMES)('%s says of an empty pool that it is empty, and leaves nothing behind', async (name) => {
    const before = tf.memory().numTensors;
    const images = colourImages(0);
    await expect(run(name, {}, { data: { images, split: turnwiseSplit(images) } })).rejects.toMatchObject({
      code: 'MISSING_INPUT',
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each(METHOD_NAMES)('%s refuses a setting that it does not have', async (name) => {
    await expect(run(name, { settings: { nonsense: 1 } })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      where: 'setting nonsense',
    });
  });

  it('winnow asks for no features, which would take most of the memory', async () => {
    const model = smallNetwork({ seed: 9 });
    const teacher = freezeModel(model, SMALL_INPUT);
    const outputs: typeof teacher.outputs = (images) => {
      const { logits, featureMap } = teacher.outputs(images);
      return {
        logits,
        featureMap,
        get features(): never {
          throw new Error('not wanted');
        },
      };
    };
    const { weights } = await run('winnow', {}, { teacher: { ...teacher, outputs } });
    expect(weights).toEqual((await run('winnow', {}, { teacher })).weights);
    model.dispose();
  });

  it('tells how long the method took to prepare, in all sittings', async () => {
    const { method, seconds } = slowMethod();
    const { kept, signal, checkpoint } = stoppingStore(3);
    expect((await run('ce', {}, { method, seconds })).prepareSeconds).toBe(7);
    await expect(run('ce', {}, { method, seconds, checkpoint, signal })).rejects.toMatchObject({ code: 'INTERRUPTED' });
    const load = async () => kept.at(-1) ?? null;
    const resumed = await run('ce', {}, { method, seconds, checkpoint: { ...checkpoint, load } });
    expect(resumed.prepareSeconds).toBe(14);
  });

  it('does not take up what another revision of the method began', async () => {
    const { kept, checkpoint } = stoppingStore(-1);
    await run('ce', {}, { checkpoint });
    const load = async () => kept.at(-1) ?? null;
    const method = { ...METHODS.ce, revision: METHODS.ce.revision + 1 };
    await expect(run('ce', {}, { method, checkpoint: { ...checkpoint, load } })).rejects.toMatchObject({
      code: 'DATA_CORRUPT',
    });
  });
}, ['wasm']);
