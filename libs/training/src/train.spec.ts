import type { EpochMetrics } from '@winnow/contracts';
import { createModel, decodeSafetensors, saveWeights } from '@winnow/models';
import { onEngines, tf } from '@winnow/tensor';
import { accuracy } from './classification-metrics';
import { freezeModel } from './frozen-network';
import { METHOD_NAMES, METHODS, type MethodName } from './methods';
import { predict } from './predict';
import { train } from './train';
import type { TrainOptions, TrainRequest } from './train-options';
import { colourPictures, SMALL_INPUT, smallNetwork, turnwiseSplit } from './training-under-test';

const images = colourPictures(30);
const data = { images, split: turnwiseSplit(images) };
const OPTIONS: TrainOptions = { epochs: 2, batch: 4, seed: 5, learningRate: 0.02, checkpointEverySteps: 1 };

/** Runs a method on small networks. @returns the student's weights and what was reported */
async function run(
  name: MethodName,
  options: Partial<TrainOptions> = {},
  more: Partial<TrainRequest> = {},
): Promise<{ weights: Uint8Array; metrics: EpochMetrics[] }> {
  const teacherModel = smallNetwork({ seed: 9 });
  const model = smallNetwork({ seed: 1 });
  const metrics: EpochMetrics[] = [];
  try {
    await train({
      method: METHODS[name],
      data,
      teacher: freezeModel(teacherModel, SMALL_INPUT),
      student: { model, input: SMALL_INPUT },
      options: { ...OPTIONS, ...options },
      onEpoch: (line) => void metrics.push(line),
      ...more,
    });
    return { weights: saveWeights(model, {}), metrics };
  } finally {
    teacherModel.dispose();
    model.dispose();
  }
}

/** Keeps every checkpoint; stops the run when one of this step was kept. */
function stoppingStore(stopAt: number) {
  const abort = new AbortController();
  const kept: Uint8Array[] = [];
  return {
    kept,
    signal: abort.signal,
    checkpoint: {
      load: async () => kept.at(-1) ?? null,
      save: async (bytes: Uint8Array, { step }: { readonly step: number }) => {
        kept.push(bytes);
        if (step === stopAt) abort.abort();
      },
    },
  };
}

const withoutSeconds = (metrics: readonly EpochMetrics[]) => metrics.map((line) => ({ ...line, seconds: 0 }));

/** What is cheap is tried longer. */
const LEAK_STEPS = { ce: 200, kd: 100, modul: 30 } as const satisfies Record<MethodName, number>;
/** Some 25 steps each. */
const FALLING_EPOCHS = { ce: 4, kd: 4, modul: 8 } as const satisfies Record<MethodName, number>;

onEngines(() => {
  describe.each(METHOD_NAMES)('%s', (name) => {
    it('has a falling loss', async () => {
      const { metrics } = await run(name, { epochs: FALLING_EPOCHS[name] });
      const losses = metrics.map(({ loss }) => loss);
      expect(losses.at(-1)).toBeLessThan((losses[0] as number) * 0.95);
      for (const { parts, loss } of metrics) {
        expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBeCloseTo(loss, 4);
      }
    });

    it('gives the same bits for the same seed and others for another', async () => {
      const once = await run(name);
      const again = await run(name);
      expect(again.weights).toEqual(once.weights);
      expect(withoutSeconds(again.metrics)).toEqual(withoutSeconds(once.metrics));
      expect((await run(name, { seed: 6 })).weights).not.toEqual(once.weights);
    });

    it('ends with the same bits when stopped in the middle of an epoch and taken up again', async () => {
      const whole = await run(name);
      const stopAt = Math.floor((whole.metrics[0]?.steps ?? 0) / 2) || 1;
      const { kept, signal, checkpoint } = stoppingStore(stopAt);
      await expect(run(name, {}, { checkpoint, signal })).rejects.toMatchObject({ code: 'INTERRUPTED' });
      const resumed = await run(name, {}, { checkpoint: { ...checkpoint, load: async () => kept.at(-1) ?? null } });
      expect(resumed.weights).toEqual(whole.weights);
      expect(withoutSeconds(resumed.metrics)).toEqual(withoutSeconds(whole.metrics).slice(-resumed.metrics.length));
    });

    it('leaves no tensors behind', async () => {
      const model = smallNetwork({ seed: 1 });
      const teacherModel = smallNetwork({ seed: 2 });
      const counts: number[] = [];
      const before = tf.memory().numTensors;
      const update = (step: number) =>
        void (step === 1 || step === LEAK_STEPS[name] ? counts.push(tf.memory().numTensors) : 0);
      await train({
        method: METHODS[name],
        data,
        teacher: freezeModel(teacherModel, SMALL_INPUT),
        student: { model, input: SMALL_INPUT },
        options: { ...OPTIONS, batch: 2, epochs: Math.ceil(LEAK_STEPS[name] / (name === 'modul' ? 5 : 15)) },
        progress: { start: () => ({ update, end: () => undefined }) },
      });
      expect(counts).toHaveLength(2);
      expect(counts[1]).toBe(counts[0]);
      expect(tf.memory().numTensors).toBe(before);
      model.dispose();
      teacherModel.dispose();
    });
  });

  it('teaches a residual network from right labels, and evaluates it when asked', async () => {
    const right = colourPictures(48, { noisy: false });
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

  it('refuses a checkpoint of another run or a damaged one', async () => {
    const { kept, checkpoint } = stoppingStore(-1);
    await run('ce', {}, { checkpoint });
    const stored = kept.at(-1) as Uint8Array;
    const load = (bytes: Uint8Array) => ({ checkpoint: { ...checkpoint, load: async () => bytes } });
    await expect(run('ce', { seed: 99 }, load(stored))).rejects.toMatchObject({ code: 'DATA_CORRUPT' });
    await expect(run('kd', {}, load(stored))).rejects.toMatchObject({ code: 'DATA_CORRUPT' });
    await expect(run('ce', {}, load(stored.subarray(0, 500)))).rejects.toMatchObject({ code: 'FORMAT_INVALID' });
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

  it('takes the same step from the parts of a batch as from the whole', async () => {
    // The small network has no batch statistics, so nothing but rounding differs.
    for (const name of ['ce', 'kd'] as const) {
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
