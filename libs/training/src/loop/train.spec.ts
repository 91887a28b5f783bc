import { createModel, decodeSafetensors, saveWeights } from '@winnow/models';
import { onEngines, tf } from '@winnow/tensor';
import { accuracy } from '../classification-metrics';
import { freezeModel } from '../teacher/frozen-network';
import { METHODS } from '../methods';
import { predict } from '../teacher/predict';
import { train } from './train';
import type { TrainRequest } from './train-options';
import { data, images, OPTIONS, run, stoppingStore } from '../spec-support/train-under-test';
import { colourImages, SMALL_INPUT, smallNetwork } from '../spec-support/training-under-test';

onEngines(() => {
  it('teaches a residual network from right labels, and evaluates it when asked', async () => {
    const right = colourImages(48, { noisy: false });
    const model = createModel('resnet8', { classCount: 3, seed: 1 });
    const { metrics, steps, imagesSeen } = await train({
      method: METHODS.ce,
      data: { images: right, split: null },
      teacher: null,
      student: { model, input: SMALL_INPUT },
      options: { epochs: 5, batch: 12, seed: 1, learningRate: 0.05, evaluateEvery: 2 },
      evaluate: async (student) => accuracy(await predict(freezeModel(student, SMALL_INPUT), right), right.labels),
    });
    expect({ steps, imagesSeen }).toEqual({ steps: 20, imagesSeen: 240 });
    expect(metrics.map((line) => line.accuracy !== undefined)).toEqual([false, true, false, true, true]);
    expect(metrics.at(-1)?.accuracy).toBeGreaterThan(0.9);
    model.dispose();
  });

  it('resumes a residual network, running statistics included, to the same bits', async () => {
    const make = async (more: Partial<TrainRequest>): Promise<Uint8Array> => {
      const model = createModel('resnet8', { classCount: 3, seed: 1 });
      const teacherModel = createModel('resnet8', { classCount: 3, seed: 2 });
      try {
        await train({
          method: METHODS.modul,
          data,
          teacher: freezeModel(teacherModel, SMALL_INPUT),
          student: { model, input: SMALL_INPUT },
          options: { epochs: 2, batch: 5, seed: 1 },
          ...more,
        });
        return saveWeights(model, {});
      } finally {
        model.dispose();
        teacherModel.dispose();
      }
    };
    const whole = await make({});
    const { kept, signal, checkpoint } = stoppingStore(2);
    await expect(make({ checkpoint, signal })).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(await make({ checkpoint: { ...checkpoint, load: async () => kept.at(-1) ?? null } })).toEqual(whole);
  });
});

onEngines(() => {
  const student = () => ({ model: smallNetwork({ seed: 1 }), input: SMALL_INPUT });
  const base = { data, teacher: null, options: OPTIONS };

  it('says what is missing or does not fit', async () => {
    await expect(train({ ...base, method: METHODS.kd, student: student() })).rejects.toMatchObject({
      code: 'MISSING_INPUT',
      where: 'teacher',
    });
    const teacher = freezeModel(smallNetwork({ seed: 1 }), SMALL_INPUT);
    const noSplit = { images, split: null };
    await expect(
      train({ ...base, method: METHODS.modul, data: noSplit, teacher, student: student() }),
    ).rejects.toMatchObject({ code: 'MISSING_INPUT', where: 'split' });
    const otherClasses = { images: { ...images, classes: ['a', 'b'] }, split: null };
    await expect(train({ ...base, method: METHODS.ce, data: otherClasses, student: student() })).rejects.toMatchObject({
      code: 'SHAPE_MISMATCH',
    });
    await expect(
      train({ ...base, method: METHODS.ce, student: student(), options: { ...OPTIONS, epochs: 0 } }),
    ).rejects.toMatchObject({ code: 'CONFIG_INVALID', where: 'train.epochs' });
  });

  it('stops when the loss is no longer a number', async () => {
    const options = { ...OPTIONS, learningRate: 1e30 };
    await expect(train({ ...base, method: METHODS.ce, student: student(), options })).rejects.toMatchObject({
      code: 'INTERNAL',
      next: expect.stringContaining('learning rate'),
    });
  });

  it('stops, and keeps nothing, when the last step made weights that are no numbers', async () => {
    const { kept, checkpoint } = stoppingStore(-1);
    const options = { epochs: 1, batch: 30, learningRate: 1e39 };
    await expect(run('ce', options, { checkpoint })).rejects.toMatchObject({
      code: 'INTERNAL',
      message: expect.stringContaining('student/conv.weight'),
      where: 'step 1',
    });
    expect(kept).toEqual([]);
  });

  it('refuses a checkpoint of another run or a damaged one', async () => {
    const { kept, checkpoint } = stoppingStore(-1);
    await run('ce', {}, { checkpoint });
    const stored = kept.at(-1) as Uint8Array;
    const load = (bytes: Uint8Array) => ({ checkpoint: { ...checkpoint, load: async () => bytes } });
    await expect(run('ce', { seed: 99 }, load(stored))).rejects.toMatchObject({ code: 'DATA_CORRUPT' });
    await expect(run('kd', {}, load(stored))).rejects.toMatchObject({ code: 'DATA_CORRUPT' });
    await expect(run('ce', {}, load(stored.subarray(0, 500)))).rejects.toMatchObject({ code: 'FORMAT_INVALID' });
  });

  it('writes no checkpoint over that of the same step', async () => {
    const { kept, signal, checkpoint } = stoppingStore(3);
    await expect(run('ce', {}, { checkpoint, signal })).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(kept).toHaveLength(3);
    await expect(run('ce', {}, { checkpoint, signal })).rejects.toMatchObject({
      code: 'INTERRUPTED',
      message: expect.stringContaining('after 3 of') as string,
    });
    expect(kept).toHaveLength(3);
  });

  it('takes no settings for the same as none that differ', async () => {
    const { kept, signal, checkpoint } = stoppingStore(3);
    await expect(run('kd', {}, { checkpoint, signal })).rejects.toMatchObject({ code: 'INTERRUPTED' });
    const load = async () => kept.at(-1) ?? null;
    const resumed = await run('kd', { settings: {} }, { checkpoint: { ...checkpoint, load } });
    expect(resumed.resumedFrom).toMatchObject({ step: 3 });
    const other = { checkpoint: { ...checkpoint, load } };
    await expect(run('kd', { settings: { temperature: 2 } }, other)).rejects.toMatchObject({ code: 'DATA_CORRUPT' });
  });

  it('gives the same bits for any number of drawing threads, and ends them when it is stopped', async () => {
    const augment = { basis: 'crop-flip', randAugment: {}, mixup: 0.2 } as const;
    const alone = await run('kd', { augment });
    const options = { augment, epochs: 2 };
    expect((await run('kd', options, { workers: 2 })).weights).toEqual(alone.weights);
    const { kept, signal, checkpoint } = stoppingStore(3);
    await expect(run('kd', options, { checkpoint, signal, workers: 1 })).rejects.toMatchObject({ code: 'INTERRUPTED' });
    const load = async () => kept.at(-1) ?? null;
    const resumed = await run('kd', options, { checkpoint: { ...checkpoint, load }, workers: 1 });
    expect(resumed.weights).toEqual(alone.weights);
  });

  it('trains with every kind of view, and remarks what modul does not use', async () => {
    for (const augment of [
      { basis: 'none', cutmix: 1 },
      { basis: 'resized-crop', colorJitter: { hue: 0.1 }, mixup: 0.2, cutmix: 1 },
      { basis: 'flip', augMix: {} },
    ] as const) {
      const { metrics } = await run('ce', { augment });
      expect(metrics.every(({ loss }) => Number.isFinite(loss))).toBe(true);
    }
    const teacher = freezeModel(smallNetwork({ seed: 2 }), SMALL_INPUT);
    const options = { ...OPTIONS, epochs: 1, augment: { basis: 'flip' } } as const;
    const { notes } = await train({ ...base, method: METHODS.modul, teacher, student: student(), options });
    expect(notes.join(' ')).toContain('train.augment');
  });

  it("takes the optimiser's settings from the method where the run does not say them", async () => {
    const plain = METHODS.kd;
    const method = { ...plain, recipe: { nesterov: true, warmUp: 0.5 } };
    const recipe = await run('kd', {}, { method });
    const cosine = { name: 'cosine' } as const;
    expect(await run('kd', { nesterov: true, schedule: { ...cosine, warmUp: 0.5 } })).toMatchObject({
      weights: recipe.weights,
    });
    expect((await run('kd')).weights).not.toEqual(recipe.weights);
    const undone = { nesterov: false, schedule: { ...cosine, warmUp: 0 } };
    expect((await run('kd', undone, { method })).weights).toEqual((await run('kd')).weights);
  });

  it('takes the same step from the parts of a batch as from the whole', async () => {
    // The small network has no batch statistics, so nothing but rounding differs.
    for (const name of ['ce', 'kd', 'kd-known', 'simkd', 'dfnd'] as const) {
      const augment = { basis: 'crop-flip', mixup: 1 } as const;
      const floats = async (accumulate: number) => {
        const { weights, metrics } = await run(name, { accumulate, augment, batch: 6, nesterov: true });
        const { tensors } = decodeSafetensors(weights, 'test');
        return { values: [...tensors.values()].flatMap(({ data }) => [...(data as Float32Array)]), metrics };
      };
      const [whole, parts] = [await floats(1), await floats(3)];
      whole.values.forEach((value, at) => expect(parts.values[at]).toBeCloseTo(value, 4));
      expect(parts.metrics.at(-1)?.loss).toBeCloseTo(whole.metrics.at(-1)?.loss as number, 3);
      expect(parts.metrics.map(({ imagesSeen }) => imagesSeen)).toEqual(
        whole.metrics.map(({ imagesSeen }) => imagesSeen),
      );
    }
    await expect(run('ce', { accumulate: 3, batch: 4 })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      where: 'train.accumulate',
    });
  });

  it('resumes and repeats to the same bits with accumulated gradients, and leaves no tensors behind', async () => {
    const before = tf.memory().numTensors;
    const options = { accumulate: 2, batch: 4 };
    const whole = await run('modul', options);
    const { kept, signal, checkpoint } = stoppingStore(2);
    await expect(run('modul', options, { checkpoint, signal })).rejects.toMatchObject({ code: 'INTERRUPTED' });
    const resumed = await run('modul', options, {
      checkpoint: { ...checkpoint, load: async () => kept.at(-1) ?? null },
    });
    expect(resumed.weights).toEqual(whole.weights);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('has nothing to do when the checkpoint is of the last epoch', async () => {
    const { kept, checkpoint } = stoppingStore(-1);
    const done = await run('ce', {}, { checkpoint });
    const again = await run('ce', {}, { checkpoint: { ...checkpoint, load: async () => kept.at(-1) ?? null } });
    expect(again.weights).toEqual(done.weights);
    expect(again.metrics).toEqual([]);
  });
}, ['wasm']);
