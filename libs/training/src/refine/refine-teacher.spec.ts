import type { ImageSet } from '@winnow/contracts';
import { onEngines, tf } from '@winnow/tensor';
import { SeededRandom } from '@winnow/random';
import { accuracy } from '../classification-metrics';
import type { FrozenTeacher } from '../teacher/frozen-network';
import { predict } from '../teacher/predict';
import { crossFit, type RefinementTask } from './refine-network';
import { refineTeacher } from './refine-teacher';
import { briefTeacher, noisyImages } from '../spec-support/refinement-under-test';

const COUNT = 300;

async function taskFor(teacher: FrozenTeacher, images: ImageSet): Promise<RefinementTask> {
  const { logits, features, featureDim: dim, classCount } = await predict(teacher, images, { flipped: true });
  const input = { logits, labels: images.labels, classCount, features: { values: features, dim }, seed: 1 };
  const { logits: plainLogits } = await predict(teacher, images);
  return { teacher, images, input, plainLogits, epochs: 3, batch: 30, random: new SeededRandom('refine') };
}

onEngines((engine) => {
  let brief: Awaited<ReturnType<typeof briefTeacher>>;
  beforeAll(async () => {
    brief = await briefTeacher();
  });
  afterAll(() => brief.dispose());

  test.each(['head', 'full'] as const)('%s: labels that know more make a better teacher', async (depth) => {
    const task = await taskFor(brief.teacher, noisyImages(COUNT, { wrong: 0.1, seed: 'pool' }));
    const refinement = await refineTeacher(depth, task);
    expect(refinement.report).toMatchObject({ depth, before: expect.any(Number) });
    expect(refinement.report.fraction).toBeGreaterThan(0);
    expect(refinement.report.after).toBeGreaterThan(refinement.report.before);
    const test = noisyImages(COUNT, { wrong: 0, seed: 'test' });
    const of = async (teacher: FrozenTeacher) => accuracy(await predict(teacher, test), test.labels);
    expect(await of(refinement.teacher as FrozenTeacher)).toBeGreaterThan(await of(brief.teacher));
    refinement.teacher?.dispose();
  });

  // What follows is no engine's: the other one has it.
  if (engine === 'tensorflow') return;

  test.each(['head', 'full'] as const)('%s: labels drawn by chance leave the teacher as it is', async (depth) => {
    const task = await taskFor(brief.teacher, noisyImages(COUNT / 2, { wrong: 1, seed: 'chance' }));
    const before = tf.memory().numTensors;
    const { teacher, logits, report } = await refineTeacher(depth, task);
    expect(tf.memory().numTensors).toBe(before);
    expect(teacher).toBeNull();
    expect(logits).toBe(task.input.logits);
    expect(report).toMatchObject({ fraction: 0, after: report.before });
  });

  test('no label has a part in what is said of its own image, and all is the same each time', async () => {
    const task = { ...(await taskFor(brief.teacher, noisyImages(120, { wrong: 0.3, seed: 'pool' }))), epochs: 1 };
    const changed = Int32Array.from(task.input.labels);
    changed[7] = ((changed[7] as number) + 1) % 3;
    const fits = [await crossFit(task), await crossFit({ ...task, input: { ...task.input, labels: changed } })];
    const again = await crossFit(task);
    expect(again.logits).toEqual(fits[0]?.logits);
    const [one, other] = fits.map(({ logits }) => logits.at(-1)) as [Float32Array, Float32Array];
    const differs = Array.from(
      { length: 120 },
      (_, row) => one.subarray(row * 3, row * 3 + 3).join() !== other.subarray(row * 3, row * 3 + 3).join(),
    );
    expect(differs[7]).toBe(false);
    expect(differs.filter(Boolean).length).toBeGreaterThan(50);
    for (const { networks } of [...fits, again]) for (const network of networks) network.dispose();
  });

  test('head: an interruption ends it before the last fit that it judges by', async () => {
    const task = await taskFor(brief.teacher, noisyImages(60, { wrong: 0.3, seed: 'pool' }));
    const before = tf.memory().numTensors;
    /** A signal that is asked before each fit, and says so from one of them on. */
    const refineUntil = async (lastFit: number) => {
      let fits = 0;
      const { signal } = new AbortController();
      Object.defineProperty(signal, 'aborted', { get: () => (fits += 1) > lastFit });
      const found = await refineTeacher('head', { ...task, signal }).catch((error: unknown) => error);
      return { found, fits };
    };
    const whole = await refineUntil(Infinity);
    (whole.found as Awaited<ReturnType<typeof refineTeacher>>).teacher?.dispose();
    // Two folds; the teacher by two, three ridges by two corrections and two judgements, at last four fractions by two.
    expect(whole.fits).toBe(2 + 2 + 3 * (2 + 2) + 4 * 2);
    const stopped = await refineUntil(whole.fits - 1);
    expect(stopped.fits).toBe(whole.fits);
    expect(stopped.found).toMatchObject({
      code: 'INTERRUPTED',
      message: expect.stringContaining('refinement') as string,
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  test('full: an interruption ends it while it judges', async () => {
    const task = await taskFor(brief.teacher, noisyImages(120, { wrong: 0.3, seed: 'pool' }));
    const before = tf.memory().numTensors;
    const controller = new AbortController();
    // Both copies have learnt and have been asked about both views when the sixth part ends.
    let parts = 0;
    const end = (): void => void ((parts += 1) === 6 && setImmediate(() => controller.abort()));
    const progress = { start: () => ({ update: () => undefined, end }) };
    await expect(
      refineTeacher('full', { ...task, epochs: 1, progress, signal: controller.signal }),
    ).rejects.toMatchObject({ code: 'INTERRUPTED', message: expect.stringContaining('refinement') as string });
    expect(tf.memory().numTensors).toBe(before);
  });
});
