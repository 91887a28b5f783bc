import type { MethodSettings } from '../method-settings';
import type { ProgressSink } from '@winnow/contracts';
import { onEngines, tf } from '@winnow/tensor';
import type { FrozenTeacher } from '../teacher/frozen-network';
import { predict } from '../teacher/predict';
import type { KeptOutputs } from '../teacher/predict';
import { createModel, saveWeights } from '@winnow/models';
import { METHODS } from '../methods';
import { train } from '../loop/train';
import type { TrainOptions, TrainRequest } from '../loop/train-options';
import { run, stoppingStore } from '../spec-support/train-under-test';
import { SMALL_INPUT } from '../spec-support/training-under-test';
import type { Refinement } from './refinement';
import { briefTeacher, noisyImages } from '../spec-support/refinement-under-test';

const images = noisyImages(300, { wrong: 0.1, seed: 'pool' });

async function learn(
  teacher: FrozenTeacher,
  {
    settings = {},
    epochs = 2,
    own = {},
    ...more
  }: Partial<TrainRequest> & { settings?: MethodSettings; epochs?: number; own?: Partial<TrainOptions> } = {},
) {
  const model = createModel('resnet8', { classCount: 3, seed: 2 });
  try {
    const result = await train({
      method: METHODS.winnow,
      data: { images, split: null },
      teacher,
      student: { model, input: SMALL_INPUT },
      options: { epochs, batch: 60, seed: 3, learningRate: 0.02, checkpointEverySteps: 1, settings, ...own },
      ...more,
    });
    return { ...result, weights: saveWeights(model, {}) };
  } finally {
    model.dispose();
  }
}

onEngines((engine) => {
  let brief: Awaited<ReturnType<typeof briefTeacher>>;
  beforeAll(async () => {
    brief = await briefTeacher();
  });
  afterAll(() => brief.dispose());

  test('a run that is taken up does not refine again, and ends with the same bits and notes', async () => {
    const before = tf.memory().numTensors;
    const corrected: Refinement[] = [];
    const onTeacherRefined = (refinement: Refinement) => void corrected.push(refinement);
    const settings = { refine: 'full', refineEpochs: 3 };
    // Keeps checkpoints and is never stopped.
    const { kept, checkpoint } = stoppingStore(Infinity);
    const whole = await learn(brief.teacher, { settings, checkpoint, onTeacherRefined });
    expect(corrected).toHaveLength(1);
    expect(corrected[0]?.report.fraction).toBeGreaterThan(0);
    expect(whole.notes.join(' ')).toContain('The teacher was refined (all weights, 3 epochs');
    expect(whole.notes.join(' ')).toContain('The student began as a part of the teacher');
    const load = async () => kept[3] as Uint8Array;
    const resumed = await learn(brief.teacher, { settings, checkpoint: { ...checkpoint, load }, onTeacherRefined });
    expect(corrected).toHaveLength(1);
    expect(resumed.weights).toEqual(whole.weights);
    expect(resumed.notes).toEqual(whole.notes);
    expect(tf.memory().numTensors).toBe(before);
  });

  // What follows is no engine's: the other one has it.
  if (engine === 'tensorflow') return;

  test('a run with a refined teacher that is stopped leaves no tensors behind', async () => {
    const before = tf.memory().numTensors;
    const corrected: Refinement[] = [];
    const onTeacherRefined = (refinement: Refinement) => void corrected.push(refinement);
    const { signal, checkpoint } = stoppingStore(1);
    await expect(
      learn(brief.teacher, { settings: { refine: 'head' }, checkpoint, signal, onTeacherRefined }),
    ).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(corrected[0]?.report.fraction).toBeGreaterThan(0);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('without refinement it is winnow-1, bit for bit', async () => {
    const settings = { refine: 'none' };
    const images = noisyImages(120, { wrong: 0.1, seed: 'pool' });
    const plain = { images, split: null };
    const { weights, notes } = await learn(brief.teacher, { data: plain, settings, epochs: 1 });
    // Of which no decision is read.
    const known = Int32Array.from(images.labels, (label) => (label + 1) % 3);
    const data = { images, split: null, known };
    const old = await learn(brief.teacher, { method: METHODS['winnow-1'], data, epochs: 1 });
    expect(weights).toEqual(old.weights);
    expect(notes).toEqual(old.notes);
    const decided = await learn(brief.teacher, { data, epochs: 1 });
    expect(decided.weights).not.toEqual(weights);
  });

  test('by Muon it is winnow-1 with three views', async () => {
    const own = { optimizer: 'muon' } as const;
    const data = { images: noisyImages(120, { wrong: 0.1, seed: 'pool' }), split: null };
    const { weights, steps } = await learn(brief.teacher, { data, own, epochs: 1 });
    const asked = { method: METHODS['winnow-1'], settings: { views: 3 }, own };
    const old = await learn(brief.teacher, { ...asked, data, epochs: 1 });
    // A diff of weights would take minutes.
    expect([Buffer.from(weights).equals(old.weights), steps]).toEqual([true, 6]);
  });

  test.each(['none', 'head', 'full'])('from kept outputs it learns the same bits, refined: %s', async (refine) => {
    const data = { images: noisyImages(120, { wrong: 0.1, seed: 'pool' }), split: null };
    const asked: boolean[] = [];
    const keptOutputs: KeptOutputs = (options) => {
      asked.push(options.flipped);
      return predict(brief.teacher, data.images, options);
    };
    const settings = { refine, ...(refine === 'full' && { refineEpochs: 1 }) };
    const plain = await learn(brief.teacher, { data, settings, epochs: 1 });
    const labels: string[] = [];
    const progress: ProgressSink = {
      start: ({ label }) => {
        labels.push(label);
        return { update: () => undefined, end: () => undefined };
      },
    };
    const kept = await learn(brief.teacher, { data, settings, epochs: 1, keptOutputs, progress });
    expect(kept.weights).toEqual(plain.weights);
    expect(kept.notes).toEqual(plain.notes);
    expect(asked).toEqual(refine === 'full' ? [true, false] : [true]);
    // Copies that were refined are asked, the teacher itself is not.
    expect(labels.includes('predict')).toBe(refine === 'full');
  });

  test('refuses outputs of other images', async () => {
    const keptOutputs = () => predict(brief.teacher, noisyImages(60, { wrong: 0, seed: 'others' }), { flipped: true });
    await expect(learn(brief.teacher, { keptOutputs, epochs: 1 })).rejects.toMatchObject({
      code: 'SHAPE_MISMATCH',
      message: 'there are outputs for 60 images, not 300',
    });
  });

  test('says that nothing was gained where labels are drawn by chance, and learns from the teacher as it is', async () => {
    const data = { images: noisyImages(150, { wrong: 1, seed: 'chance' }), split: null };
    const { weights, notes } = await learn(brief.teacher, { data, settings: { refine: 'head' }, epochs: 1 });
    expect(notes[0]).toContain('did not make the labels likelier');
    const old = await learn(brief.teacher, { data, method: METHODS['winnow-1'], epochs: 1 });
    expect(weights).toEqual(old.weights);
  });

  test.each([
    ['head', 1],
    ['head', 19],
    ['full', 2],
  ])('refuses to refine (%s) by %i images; auto leaves the teacher', async (refine, count) => {
    const data = { images: noisyImages(count, { wrong: 0.1, seed: 'few' }), split: null };
    const request = { data, epochs: 1, options: { epochs: 1, batch: count, seed: 3 } };
    const few = (depth: string) =>
      learn(brief.teacher, { ...request, options: { ...request.options, settings: { refine: depth } } });
    await expect(few(refine)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(`${count} images are too few`) as string,
      where: `setting refine: ${refine}`,
    });
    expect((await few('auto')).notes.join(' ')).not.toContain('refine');
  });

  test('refuses a depth that the teacher has not', async () => {
    await expect(run('winnow', { settings: { refine: 'full' } })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      where: 'setting refine: full',
    });
  });
});
