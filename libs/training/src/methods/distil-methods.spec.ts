import { requireFeatureMap } from '@winnow/models';
import { classOneHot, distLoss, featureMse, instanceLoss, kdLoss, noiseAdaptationLoss } from '@winnow/losses';
import { argmaxRows } from '@winnow/noise';
import { SeededRandom } from '@winnow/random';
import { onEngines, tf } from '@winnow/tensor';
import { type AugmentOptions, DEFAULT_AUGMENT } from '../augment/augment-options';
import { countConfident, jointLogits, selectConfident, trustInTeacher } from './kd3/confident-selection';
import type { ImageDraw } from '../loader/image-draw';
import { openRenderer } from '../loader/renderer';
import { freezeModel } from '../teacher/frozen-network';
import { inputTensor } from '../input-tensor';
import type { Method, MethodContext, PreparedMethod } from '../method';
import type { MethodSettings } from '../method-settings';
import { METHODS } from '../methods';
import { drawDistributionMix, mixDistribution } from './kd3/mix-distribution';
import { predict } from '../teacher/predict';
import { colourImages, lossParts, SMALL_INPUT, smallNetwork, turnwiseSplit } from '../spec-support/training-under-test';

const images = colourImages(30);
const split = turnwiseSplit(images);

function setUp(width = 6, projected = false) {
  const [model, teacherModel] = [smallNetwork({ seed: 1, projected }), smallNetwork({ seed: 2, width })];
  const teacher = freezeModel(teacherModel, SMALL_INPUT);
  const student = { model, input: SMALL_INPUT };
  const random = new SeededRandom(4);
  const context: MethodContext = { data: { images, split }, teacher, student, batch: 6, epochs: 2, augment: DEFAULT_AUGMENT, random }; // prettier-ignore
  const dispose = (): void => {
    model.dispose();
    teacherModel.dispose();
  };
  return { context, model, teacher, dispose };
}

/** Parts of a step's loss, and those that `expected` computes of the same view. */
async function compare(
  { prepared, context }: { prepared: PreparedMethod; context: MethodContext },
  expected: (pictures: tf.Tensor4D) => Record<string, tf.Tensor>,
  step = 3,
): Promise<void> {
  const renderer = openRenderer(images, { seed: 'views', size: images.size, normalise: null }, 0);
  const drawn = await renderer.render(prepared.draw(step));
  const numbers = (parts: Readonly<Record<string, tf.Tensor>>) =>
    Object.fromEntries(Object.entries(parts).map(([name, value]) => [name, value.dataSync()[0] as number]));
  tf.tidy(() => {
    const found = numbers(lossParts(prepared.step({ step, part: 0 }, drawn)));
    const view = drawn[0]?.views[0];
    if (view === undefined) throw new Error('nothing was drawn');
    const wanted = numbers(expected(inputTensor(view, context.student.input)));
    expect(Object.keys(found).sort()).toEqual(Object.keys(wanted).sort());
    for (const [name, value] of Object.entries(wanted)) expect(found[name]).toBeCloseTo(value, 4);
  });
}

/** Every row that the steps of one epoch draw. */
function rowsOf({ stepsPerEpoch, draw }: PreparedMethod): Set<number> {
  const steps = Array.from({ length: stepsPerEpoch }, (_, step) => draw(step));
  return new Set(steps.flatMap((draws) => draws.flatMap(({ rows }) => [...rows])));
}

onEngines(() => {
  const prepare = async (method: Method, width?: number) => {
    const place = setUp(width, method.studentModel !== undefined);
    return { ...place, prepared: await method.prepare(place.context) };
  };

  it('kd-known: the divergence at T = 4 on clean and closed images only', async () => {
    const { prepared, context, model, teacher, dispose } = await prepare(METHODS['kd-known']);
    const known = [...split.kinds.keys()].filter((row) => split.kinds[row] !== 2);
    const drawn = rowsOf(prepared);
    expect([...drawn].sort((a, b) => a - b).every((row) => known.includes(row))).toBe(true);
    expect(drawn.size).toBe(prepared.stepsPerEpoch * 6);
    expect(prepared.stepsPerEpoch).toBe(Math.floor(known.length / 6));
    expect(prepared.notes).toEqual(['20 of 30 images are drawn: those that the split calls clean or closed.']);
    await compare({ prepared, context }, (x) => ({
      kd: kdLoss(model.forward(x, { training: true }).logits, teacher.outputs(x).logits, 4),
    }));
    prepared.dispose();
    dispose();
  });

  it('kd-known: says so where the split calls everything open', async () => {
    const { context, dispose } = setUp();
    const open = { ...split, kinds: new Uint8Array(30).fill(2) };
    const prepareOpen = async () => METHODS['kd-known'].prepare({ ...context, data: { images, split: open } });
    await expect(prepareOpen()).rejects.toMatchObject({
      code: 'MISSING_INPUT',
      message: expect.stringContaining('0 images clean, 0 closed and 30 open'),
      next: expect.stringContaining('method kd'),
    });
    dispose();
  });

  /** Two steps' losses and drawn rows of a method, with decisions or without. */
  const learnt = async (method: Method, known?: Int32Array) => {
    const { context, dispose } = setUp();
    const prepared = await method.prepare({ ...context, data: { images, split, ...(known && { known }) } });
    const renderer = openRenderer(images, { seed: 'views', size: images.size, normalise: null }, 0);
    const losses: number[] = [];
    for (const step of [0, 1]) {
      const drawn = await renderer.render(prepared.draw(step));
      tf.tidy(() => {
        for (const part of Object.values(lossParts(prepared.step({ step, part: 0 }, drawn))))
          losses.push(part.dataSync()[0] as number);
      });
    }
    const rows = rowsOf(prepared);
    const { notes, stepsPerEpoch } = prepared;
    prepared.dispose();
    dispose();
    return { losses, rows, notes, stepsPerEpoch };
  };

  it('ce: decided labels take the place of given ones, and what is decided to be open is left out', async () => {
    // As the given labels say, so that nothing changes but what is drawn.
    const known = images.labels.map((label, row) => (row < 12 ? label : row < 18 ? 3 : -1));
    const { rows, notes, stepsPerEpoch } = await learnt(METHODS.ce, known);
    expect([...rows].some((row) => row >= 12 && row < 18)).toBe(false);
    expect(stepsPerEpoch).toBe(4);
    expect(METHODS.ce.imagesPerEpoch?.({ count: 30, kinds: null, decidedOpen: 6 })).toBe(24);
    expect(notes[0]).toBe('12 decided labels take the place of given ones; 6 images decided to be open are left out.');
    const undecided = await learnt(METHODS.ce);
    expect(undecided.notes).toEqual([]);
    expect((await learnt(METHODS.ce, images.labels)).losses).toEqual(undecided.losses);
    const others = images.labels.map((label) => (label + 1) % 3);
    expect((await learnt(METHODS.ce, others)).losses).not.toEqual(undecided.losses);
  });

  it.each(['kd', 'dist', 'dfnd'] as const)('%s: learns answers in which decided classes win', async (name) => {
    const undecided = await learnt(METHODS[name]);
    const none = new Int32Array(30).fill(-1);
    expect(await learnt(METHODS[name], none)).toEqual(undecided);
    const { losses, notes } = await learnt(
      METHODS[name],
      Int32Array.from({ length: 30 }, (_, row) => row % 3),
    );
    expect(losses).not.toEqual(undecided.losses);
    expect(notes.join()).toContain('30 decided labels: where the teacher prefers another class');
  });

  it('kd: the divergence at T = 4 from the answer in which the decided class wins', async () => {
    const { context, model, teacher, dispose } = setUp();
    const known = new Int32Array(30).fill(1);
    const decided = { ...context, data: { ...context.data, known } };
    const prepared = await METHODS.kd.prepare(decided);
    await compare({ prepared, context: decided }, (x) => {
      const rows = teacher.outputs(x).logits.arraySync() as number[][];
      for (const row of rows) {
        const best = row.indexOf(Math.max(...row));
        [row[best], row[1]] = [row[1] as number, row[best] as number];
      }
      return { kd: kdLoss(model.forward(x, { training: true }).logits, tf.tensor2d(rows), 4) };
    });
    prepared.dispose();
    dispose();
  });

  it('dist: both relations at T = 1', async () => {
    const { prepared, context, model, teacher, dispose } = await prepare(METHODS.dist);
    await compare({ prepared, context }, (x) => {
      const { inter, intra } = distLoss(model.forward(x, { training: true }).logits, teacher.outputs(x).logits, 1);
      return { inter, intra };
    });
    dispose();
  });

  it('dist: says that with two classes one of them teaches nothing, and it does not', async () => {
    const { context, teacher, dispose } = setUp();
    const model = { ...context.student.model, classCount: 2 };
    const two = { ...context, student: { ...context.student, model }, teacher: { ...teacher, classCount: 2 } };
    expect((await METHODS.dist.prepare(two)).notes.join()).toContain('two classes');
    expect((await METHODS.dist.prepare(context)).notes).toEqual([]);
    dispose();
  });

  it('fitnet: the map times 100, and outputs that teach the classifier alone', async () => {
    const { prepared, context, model, teacher, dispose } = await prepare(METHODS.fitnet);
    await compare({ prepared, context }, (x) => {
      const [ours, theirs] = [model.forward(x, { training: true }), teacher.outputs(x)];
      return {
        mse: tf.mul(featureMse(ours.featureMap, requireFeatureMap(theirs)), 100),
        'kd-classifier': kdLoss(ours.logits, theirs.logits, 4),
      };
    });
    const renderer = openRenderer(images, { seed: 'views', size: images.size, normalise: null }, 0);
    const drawn = await renderer.render(prepared.draw(0));
    const norm = (part: string, name: string) =>
      tf.tidy(() => {
        const step = prepared.step({ step: 0, part: 0 }, drawn);
        const { grads } = tf.variableGrads(() => lossParts(step)[part] as tf.Scalar, [...model.trainable]);
        const gradient = grads[model.parameters.get(name)?.name as string];
        return gradient ? (tf.max(tf.abs(gradient)).dataSync()[0] as number) : 0;
      });
    expect(norm('kd-classifier', 'conv.weight')).toBe(0);
    expect(norm('kd-classifier', 'fc.weight')).toBeGreaterThan(0);
    expect(norm('mse', 'conv.weight')).toBeGreaterThan(0);
    expect(norm('mse', 'fc.weight')).toBe(0);
    dispose();
  });

  it("fitnet: projects the student's map where the teacher's has other channels, and says so", async () => {
    const { prepared, dispose } = await prepare(METHODS.fitnet, 8);
    expect(prepared.modules.get('projector.weight')?.shape).toEqual([1, 1, 6, 8]);
    expect(prepared.notes.join()).toContain('1x1 convolution');
    prepared.dispose();
    dispose();
  });

  it('dfnd: the surest half, softened outputs, and classes through the matrix', async () => {
    const { prepared, context, model, teacher, dispose } = await prepare(METHODS.dfnd);
    const { logits } = await predict(teacher, images);
    const sure = Array.from({ length: 30 }, (_, row) => {
      const values = Array.from(logits.subarray(row * 3, row * 3 + 3), Math.exp);
      return Math.max(...values) / values.reduce((sum, value) => sum + value, 0);
    });
    const drawn = [...rowsOf(prepared)];
    const worst = Math.min(...drawn.map((row) => sure[row] as number));
    expect(sure.filter((value) => value > worst).length).toBeLessThan(15);
    expect(prepared.stepsPerEpoch).toBe(Math.floor(15 / 6));
    const diagonal = sure.reduce((sum, value) => sum + value, 0) / 30;
    expect(prepared.notes.join()).toContain(diagonal.toFixed(3));
    const matrix = prepared.modules.get('adaptation') as tf.Tensor2D;
    await compare({ prepared, context }, (x) => {
      const [ours, theirs] = [model.forward(x, { training: true }), teacher.outputs(x)];
      const targets = classOneHot(argmaxRows(theirs.logits.dataSync(), 3), 3);
      return {
        kd: kdLoss(ours.logits, theirs.logits, 4),
        classes: noiseAdaptationLoss(ours.logits, targets, { matrix, diagonal }),
      };
    });
    prepared.dispose();
    dispose();
  });

  it('simkd: the projected map alone', async () => {
    const { prepared, context, model, teacher, dispose } = await prepare(METHODS.simkd);
    await compare({ prepared, context }, (x) => ({
      mse: featureMse(model.forward(x, { training: true }).featureMap, requireFeatureMap(teacher.outputs(x))),
    }));
    dispose();
  });

  it('kd3: the projected map where both are sure, by their distance, and both contrasts', async () => {
    const { context: plain, model, teacher: soft, dispose } = setUp(6, true);
    const outputs = (x: tf.Tensor4D) => {
      const answers = soft.outputs(x);
      return { ...answers, logits: tf.mul(answers.logits, 3) as tf.Tensor2D };
    };
    const teacher = { ...soft, outputs };
    const context = { ...plain, teacher, epochs: 20 };
    const prepared = await METHODS.kd3.prepare(context);
    const counts = countConfident((await predict(teacher, images)).logits, 3);
    const embed = (who: string, x: tf.Tensor2D) =>
      tf.add(tf.matMul(x, prepared.modules.get(`embed-${who}.weight`) as tf.Tensor2D), prepared.modules.get(`embed-${who}.bias`) as tf.Tensor1D) as tf.Tensor2D; // prettier-ignore
    await compare(
      { prepared, context },
      (x) => {
        const mixed = mixDistribution(x, drawDistributionMix(6, context.random.fork('step', 0, 0)));
        const [ours, theirs] = [model.forward(x, { training: true }), teacher.outputs(x)];
        const [oursMixed, theirsMixed] = [model.forward(mixed, { training: true }), teacher.outputs(mixed)];
        const [z, t] = [Array.from(ours.logits.dataSync()), Array.from(theirs.logits.dataSync())];
        const kept = selectConfident(jointLogits({ teacher: t, student: z }, trustInTeacher(0, 20)), counts);
        expect([0, 6]).not.toContain(kept.filter(Boolean).length);
        const maps = [ours.featureMap, requireFeatureMap(theirs)].map((map) => Array.from(map.dataSync()));
        const size = (maps[0]?.length as number) / 6;
        let sum = 0;
        kept.forEach((isKept, row) => {
          const distance = Math.hypot(...[0, 1, 2].map((k) => (z[row * 3 + k] as number) - (t[row * 3 + k] as number)));
          const [a, b] = maps.map((map) => map.slice(row * size, (row + 1) * size)) as [number[], number[]];
          const error = a.reduce((total, value, at) => total + (value - (b[at] as number)) ** 2, 0) / size;
          if (isKept) sum += error / (1 + Math.exp(-distance)) / kept.filter(Boolean).length;
        });
        const contrast = (who: string, a: tf.Tensor2D, b: tf.Tensor2D) =>
          tf.mul(instanceLoss(embed(who, a), embed(who, b)), 1e-3);
        return {
          mse: tf.scalar(sum),
          'contrast-student': contrast('student', ours.features, oursMixed.features),
          'contrast-teacher': contrast('teacher', theirs.features, theirsMixed.features),
        };
      },
      0,
    );
    prepared.dispose();
    dispose();
  });

  describe('winnow', () => {
    const winnow = async (settings: MethodSettings = {}, augment: AugmentOptions = DEFAULT_AUGMENT) => {
      const place = setUp();
      const context = { ...place.context, settings, augment };
      return { ...place, context, prepared: await METHODS.winnow.prepare(context) };
    };

    it('the divergence at T = 4 from the mean answer to image and mirror image, for two views of each', async () => {
      const { prepared, context, model, teacher, dispose } = await winnow();
      const { rows, repeats } = prepared.draw(3)[0] as ImageDraw;
      expect([...rows.slice(3)]).toEqual([...rows.slice(0, 3)]);
      expect([...repeats]).toEqual([0, 0, 0, 1, 1, 1]);
      const { logits } = await predict(teacher, images, { flipped: true });
      const targets = [...rows].map((row) => Array.from(logits.subarray(row * 3, row * 3 + 3)));
      await compare({ prepared, context }, (x) => ({
        kd: kdLoss(model.forward(x, { training: true }).logits, tf.tensor2d(targets), 4),
      }));
      dispose();
    });

    it.each([
      ['it is told to', { answers: 'view' }, DEFAULT_AUGMENT],
      ['views change more than an answer stands', {}, { basis: 'crop-flip', colorJitter: { brightness: 1 } }],
    ] as const)('asks about each view where %s', async (_, settings, augment) => {
      const { prepared, context, model, teacher, dispose } = await winnow(settings, augment);
      expect(prepared.notes).toHaveLength(augment === DEFAULT_AUGMENT ? 0 : 1);
      await compare({ prepared, context }, (x) => ({
        kd: kdLoss(model.forward(x, { training: true }).logits, teacher.outputs(x).logits, 4),
      }));
      dispose();
    });

    it('draws every image once a pass, in two views that move by a share of their side unless the run says how far', async () => {
      const { prepared, dispose } = await winnow({ shift: 0.25 });
      expect(prepared.stepsPerEpoch).toBe(10);
      const drawn = Array.from({ length: 10 }, (_, step) => [...(prepared.draw(step)[0]?.rows ?? [])]).flat();
      expect(drawn.sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, index) => Math.floor(index / 2)));
      expect(prepared.draw(0)[0]?.views[0]?.augment.padding).toBe(2);
      const own = await winnow({}, { basis: 'crop-flip', padding: 3 });
      expect(own.prepared.draw(0)[0]?.views[0]?.augment.padding).toBe(3);
      own.dispose();
      // A 32nd of so small a side is less than a pixel.
      const least = await winnow({});
      expect(least.prepared.draw(0)[0]?.views[0]?.augment.padding).toBe(1);
      least.dispose();
      dispose();
    });
  });
}, ['wasm']);
