import { createModel, decodeSafetensors, saveWeights } from '@winnow/models';
import { onEngines, tf } from '@winnow/tensor';
import { METHODS } from '../methods';
import { train } from './train';
import type { TrainOptions, TrainRequest } from './train-options';
import { data, stoppingStore } from '../spec-support/train-under-test';
import { SMALL_INPUT } from '../spec-support/training-under-test';

const FINE_TUNING = {
  optimizer: 'adamw',
  learningRate: 3e-3,
  weightDecay: 0.05,
  headRate: 5,
  layerDecay: 0.8,
  decayNorms: false,
  ema: 0.99,
} as const satisfies Partial<TrainOptions>;

/** A residual network after a short training. */
async function learn(options: Partial<TrainOptions>, more: Partial<TrainRequest> = {}): Promise<Uint8Array> {
  const model = createModel('resnet8', { classCount: 3, seed: 1 });
  try {
    const { notes } = await train({
      method: METHODS.ce,
      data,
      teacher: null,
      student: { model, input: SMALL_INPUT },
      options: { epochs: 2, batch: 10, seed: 1, ...options },
      ...more,
    });
    expect(notes.join().includes('moving average')).toBe((options.ema ?? 0) > 0);
    return saveWeights(model, {});
  } finally {
    model.dispose();
  }
}

const valuesOf = (weights: Uint8Array, name: string): unknown[] => [
  ...(decodeSafetensors(weights, 'test').tensors.get(name)?.data ?? []),
];

onEngines(() => {
  it.each([
    ['adamw', 'train', 0],
    ['adamw', 'fixed-statistics', 0],
    ['adamw', 'fixed-statistics', 0.5],
    ['muon', 'train', 0],
  ] as const)(
    'resumes %s with groups, an average, batch norm %s and a share of the start of %d to the same bits, and leaves no tensors behind',
    async (optimizer, batchNorm, startFraction) => {
      const options = { ...FINE_TUNING, optimizer, batchNorm, startShare: startFraction };
      const whole = await learn(options);
      const before = tf.memory().numTensors;
      const { kept, signal, checkpoint } = stoppingStore(3);
      const every = { ...options, checkpointEverySteps: 1 };
      await expect(learn(every, { checkpoint, signal })).rejects.toMatchObject({ code: 'INTERRUPTED' });
      const load = async () => kept.at(-1) ?? null;
      expect(await learn(every, { checkpoint: { ...checkpoint, load } })).toEqual(whole);
      // Also from the last checkpoint, which holds the weights as they are and their average beside them.
      expect(await learn(every, { checkpoint: { ...checkpoint, load } })).toEqual(whole);
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  it('turns kernels by Muon and keeps their lengths; everything else steps as by SGD', async () => {
    const [start, turned, stepped] = [
      await learn({ learningRate: 0, weightDecay: 0 }),
      await learn({ optimizer: 'muon', epochs: 1, batch: 30 }),
      await learn({ optimizer: 'sgd', epochs: 1, batch: 30 }),
    ];
    const of = (weights: Uint8Array, name: string) => valuesOf(weights, name) as number[];
    for (const name of ['conv1.weight', 'layer2.0.conv2.weight', 'layer3.0.shortcut.0.weight']) {
      expect(of(turned, name)).not.toEqual(of(start, name));
      expect(Math.hypot(...of(turned, name)) / Math.hypot(...of(start, name))).toBeCloseTo(1, 5);
    }
    // After one step from the same start; later ones see other kernels.
    for (const name of ['bn1.weight', 'fc.weight', 'fc.bias']) expect(of(turned, name)).toEqual(of(stepped, name));
  });

  it('leaves running statistics, and where frozen scales and offsets, as they were', async () => {
    const start = await learn({ learningRate: 0, weightDecay: 0, batchNorm: 'frozen' });
    const trained = await learn({ ...FINE_TUNING, batchNorm: 'train' });
    const fixed = await learn({ ...FINE_TUNING, batchNorm: 'fixed-statistics' });
    const frozen = await learn({ ...FINE_TUNING, batchNorm: 'frozen' });
    const same = (weights: Uint8Array, name: string) =>
      JSON.stringify(valuesOf(weights, name)) === JSON.stringify(valuesOf(start, name));
    expect(['bn1.running_mean', 'bn1.weight', 'conv1.weight'].map((name) => same(trained, name))).toEqual([false, false, false]); // prettier-ignore
    expect(['bn1.running_mean', 'bn1.weight', 'conv1.weight'].map((name) => same(fixed, name))).toEqual([true, false, false]); // prettier-ignore
    expect(['bn1.running_mean', 'bn1.weight', 'conv1.weight'].map((name) => same(frozen, name))).toEqual([true, true, false]); // prettier-ignore
  });

  it('evaluates the average of the weights, and ends with it', async () => {
    const evaluated: Uint8Array[] = [];
    const evaluate: TrainRequest['evaluate'] = (model) => {
      evaluated.push(saveWeights(model, {}));
      return 0;
    };
    const last = await learn({ ...FINE_TUNING, evaluateEvery: 1 }, { evaluate });
    expect(evaluated).toHaveLength(2);
    expect(evaluated.at(-1)).toEqual(last);
    expect(last).not.toEqual(await learn({ ...FINE_TUNING, ema: 0 }));
  });

  it('is where it began with all of its start, and says what share of it is kept', async () => {
    const began = await learn({ learningRate: 0, weightDecay: 0, batchNorm: 'fixed-statistics' });
    const kept = await learn({ ...FINE_TUNING, batchNorm: 'fixed-statistics', startShare: 1 });
    const [first, last] = [began, kept].map((weights) => valuesOf(weights, 'conv1.weight') as number[]);
    expect(first?.map((value, index) => Math.abs(value - (last?.[index] as number)) < 1e-6)).not.toContain(false);
    expect(kept).not.toEqual(await learn({ ...FINE_TUNING, batchNorm: 'fixed-statistics', startShare: 0.5 }));
  });

  it('takes a checkpoint of another optimiser for that of another run', async () => {
    const { kept, checkpoint } = stoppingStore(-1);
    await learn({}, { checkpoint });
    const load = async () => kept.at(-1) ?? null;
    const other = learn({ optimizer: 'adamw' }, { checkpoint: { ...checkpoint, load } });
    await expect(other).rejects.toMatchObject({ code: 'DATA_CORRUPT' });
    // What says in words how every run once was is the same run.
    const same = {
      optimizer: 'sgd',
      headRate: 1,
      layerDecay: 1,
      decayNorms: true,
      batchNorm: 'train',
      ema: 0,
      startShare: 0,
    } as const;
    await expect(learn(same, { checkpoint: { ...checkpoint, load } })).resolves.toBeInstanceOf(Uint8Array);
  });

  it.each([
    { betas: [1, 0.9] as const },
    { ema: 1 },
    { layerDecay: 2 },
    { headRate: -1 },
    { epsilon: -1 },
    { startShare: 1.5 },
  ])('does not train with %p', async (options) => {
    const where = `train.${Object.keys(options)[0]}`;
    await expect(learn(options)).rejects.toMatchObject({ code: 'CONFIG_INVALID', where });
  });
}, ['wasm', 'tensorflow']);
