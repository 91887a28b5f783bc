import { METHOD_NAMES, type MethodName } from '@winnow/contracts';
import { createModel, type Model, readPretrained, saveWeights } from '@winnow/models';
import { onEngines, tf } from '@winnow/tensor';
import { accuracy } from '../classification-metrics';
import { createStudent } from './create-student';
import { foldModel, freezeModel, mapTeacher } from '../teacher/frozen-network';
import { METHODS } from '../methods';
import { predict } from '../teacher/predict';
import { selectImages } from '../training-data';
import type { StudentStart } from '../method';
import { train } from '../loop/train';
import { stoppingStore } from '../spec-support/train-under-test';
import type { TrainRequest } from '../loop/train-options';
import { colourImages, SMALL_INPUT, turnwiseSplit } from '../spec-support/training-under-test';

const valuesOf = (model: Model, name: string) => [...(model.parameters.get(name) as tf.Variable).dataSync()];
/** Weights of seven classes, made elsewhere. */
function pretrained(seed = 3): StudentStart['weights'] {
  const model = createModel('resnet8', { classCount: 7, seed });
  const weights = readPretrained(saveWeights(model, {}), 'pretrained.safetensors');
  model.dispose();
  return weights;
}

interface Begun {
  readonly method?: MethodName;
  readonly start?: StudentStart | undefined;
  readonly count?: number;
  readonly options?: Partial<TrainRequest['options']>;
  readonly more?: Partial<TrainRequest>;
}

/** A run of a resnet8 beside a resnet8 as teacher; at a learning rate of 0 only running statistics move. */
async function begin({ method = 'kd', start, count = 12, options, more }: Begun) {
  const teacherModel = createModel('resnet8', { classCount: 3, seed: 9 });
  const teacher = foldModel(teacherModel, SMALL_INPUT);
  const images = colourImages(count);
  const model = createStudent(METHODS[method], { model: 'resnet8', teacher, classCount: 3, seed: 2, start });
  try {
    const result = await train({
      method: METHODS[method],
      data: { images, split: turnwiseSplit(images) },
      teacher,
      student: { model, input: SMALL_INPUT, start },
      options: { epochs: 1, batch: 4, seed: 5, learningRate: 0, ...options },
      ...more,
    });
    const classifier = ['fc.weight', 'fc.bias'].map((name) => valuesOf(model, name));
    return { result, classifier, stem: valuesOf(model, 'conv1.weight'), weights: saveWeights(model, {}) };
  } finally {
    teacher.dispose();
    for (const network of [model, teacherModel]) network.dispose();
  }
}

onEngines(() => {
  describe('a student that begins with pretrained weights', () => {
    it.each(METHOD_NAMES)('learns by %s', async (method) => {
      const start = { weights: pretrained(), head: 'fitted' } as const;
      const { result } = await begin({ method, start, options: { learningRate: 0.01 } });
      expect(result.notes[0]).toMatch(
        method === 'simkd' || method === 'kd3'
          ? /^The student began with the weights of pretrained.safetensors \(sha256 \w{12}\), projector and classifier are those/
          : /^The student began with .*, its classifier as the best linear fit to .* of 12 images, or its own rows .*\.$/,
      );
    });

    it('ends with the same bits and notes when it was interrupted', async () => {
      const start = { weights: pretrained(), head: 'fitted' } as const;
      const learning = { start, options: { learningRate: 0.01, checkpointEverySteps: 1 } };
      const whole = await begin(learning);
      const { kept, signal, checkpoint } = stoppingStore(1);
      await expect(begin({ ...learning, more: { checkpoint, signal } })).rejects.toMatchObject({ code: 'INTERRUPTED' });
      const again = { ...checkpoint, load: async () => kept.at(-1) ?? null };
      const resumed = await begin({ ...learning, more: { checkpoint: again } });
      expect(resumed.weights).toEqual(whole.weights);
      expect(resumed.result.notes).toEqual(whole.result.notes);
    });

    it('has the weights of the file, and with `random` a classifier of the seed', async () => {
      const fresh = await begin({});
      const started = await begin({ start: { weights: pretrained(), head: 'random' } });
      expect(started.classifier).toEqual(fresh.classifier);
      expect(started.stem).not.toEqual(fresh.stem);
      expect(started.stem).toEqual([...(await begin({ start: { weights: pretrained(), head: 'fitted' } })).stem]);
      expect(started.result.notes[0]).toMatch(/its classifier with random ones\.$/);
    });

    it("begins with the teacher's classifier where its features are the teacher's", async () => {
      const teacherModel = createModel('resnet8', { classCount: 3, seed: 9 });
      const weights = readPretrained(saveWeights(teacherModel, {}), 'teacher.safetensors');
      const { classifier } = await begin({ start: { weights, head: 'fitted' }, count: 160 });
      const [theirs = [], bias = []] = ['fc.weight', 'fc.bias'].map((name) => valuesOf(teacherModel, name));
      const middle = (values: readonly number[], at: number) => {
        const row = values.slice(at - (at % 3), at - (at % 3) + 3);
        return row.reduce((sum, value) => sum + value / 3, 0);
      };
      const centred = (values: readonly number[]) => values.map((value, at) => value - middle(values, at));
      // Compared by what they say of images: features that hardly vary have no certain weight.
      const images = colourImages(20);
      const frozen = freezeModel(teacherModel, SMALL_INPUT);
      const { features, logits } = await predict(frozen, images);
      const largest = Math.max(...centred([...logits]).map(Math.abs));
      centred([...logits]).forEach((value, at) => {
        const [row, k] = [Math.floor(at / 3), at % 3];
        let ours = (classifier[1] as number[])[k] as number;
        for (let d = 0; d < 64; d += 1) ours += features[row * 64 + d]! * (classifier[0] as number[])[d * 3 + k]!;
        expect(Math.abs(ours - value) / largest).toBeLessThan(0.05);
      });
      expect([theirs.length, bias.length]).toEqual([192, 3]);
      teacherModel.dispose();
    });

    it('begins with the rows of its own classifier where they say more than a fit to few images', async () => {
      const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
      const teacherModel = createModel('resnet8', { classCount: 7, seed: 3 });
      const teacher = mapTeacher(foldModel(teacherModel, SMALL_INPUT), names, ['g', 'b', 'c']);
      const images = colourImages(12);
      const start = { weights: pretrained(3), head: 'fitted' } as const;
      const model = createStudent(METHODS.kd, { model: 'resnet8', teacher, classCount: 3, seed: 2, start });
      const student = { model, input: SMALL_INPUT, start };
      const options = { epochs: 1, batch: 12, seed: 1, learningRate: 0 };
      await train({ method: METHODS.kd, data: { images, split: null }, teacher, student, options });
      for (const part of ['weight', 'bias']) {
        const theirs = tf.tidy(() => {
          const all = teacherModel.parameters.get(`fc.${part}`) as tf.Variable;
          const ours = tf.gather(all, [6, 1, 2], all.rank - 1);
          return [...tf.sub(ours, tf.mean(ours, -1, true)).dataSync()];
        });
        valuesOf(model, `fc.${part}`).forEach((value, at) => expect(value).toBeCloseTo(theirs[at] as number, 3));
      }
      teacher.dispose();
      for (const network of [model, teacherModel]) network.dispose();
    });

    it('begins with a fit to the labels where the method has no teacher', async () => {
      const images = colourImages(60, { noisy: false });
      const start = { weights: pretrained(), head: 'fitted' } as const;
      const model = createStudent(METHODS.ce, { model: 'resnet8', teacher: null, classCount: 3, seed: 2, start });
      const student = { model, input: SMALL_INPUT, start };
      const options = { epochs: 1, batch: 20, seed: 1, learningRate: 0 };
      const before = await predict(freezeModel(model, SMALL_INPUT), images);
      const { notes } = await train({ method: METHODS.ce, data: { images, split: null }, teacher: null, student, options }); // prettier-ignore
      expect(notes[0]).toMatch(/best linear fit to the given labels of 60 images/);
      const { features } = before;
      const classifier = valuesOf(model, 'fc.weight');
      const bias = valuesOf(model, 'fc.bias');
      const logits = Float32Array.from({ length: 180 }, (_, at) => {
        const [row, k] = [Math.floor(at / 3), at % 3];
        let sum = bias[k] as number;
        for (let d = 0; d < 64; d += 1) sum += features[row * 64 + d]! * classifier[d * 3 + k]!;
        return sum;
      });
      expect(accuracy({ ...before, logits }, images.labels)).toBeGreaterThan(0.9);
      model.dispose();
    });

    it('begins with a fit to the decided labels where the method reads them', async () => {
      const start = { weights: pretrained(), head: 'fitted' } as const;
      const images = colourImages(12);
      const wrong = images.labels.map((label) => (label + 1) % 3);
      const known = Int32Array.from(images.labels, (label, row) => (row < 2 ? 3 : label));
      const beginBy = (labels: Int32Array, decided?: Int32Array) => {
        const data = { images: { ...images, labels }, split: null, ...(decided && { known: decided }) };
        return begin({ method: 'ce', start, more: { data } });
      };
      const decided = await beginBy(wrong, known);
      expect(decided.classifier).not.toEqual((await beginBy(wrong)).classifier);
      // Two images are decided to be open: as if there were ten.
      const rows = Array.from({ length: 10 }, (_, row) => row + 2);
      const data = { images: selectImages(images, rows), split: null };
      expect(decided.classifier).toEqual((await begin({ method: 'ce', start, more: { data } })).classifier);
      expect(decided.result.notes[0]).toMatch(/fit to the given and decided labels of 10 images/);
    });

    it('comes before a start within the teacher, and says so', async () => {
      const within = await begin({ method: 'winnow' });
      expect(within.result.notes[0]).toMatch(/began as a part of the teacher/);
      const { result, stem } = await begin({ method: 'winnow', start: { weights: pretrained(), head: 'fitted' } });
      expect(result.notes[1]).toBe('It did not begin as a part of the teacher: `student.weights` come first.');
      expect(stem).not.toEqual(within.stem);
    });

    it('is not taken up from a checkpoint of other weights or another head', async () => {
      const { kept, signal, checkpoint } = stoppingStore(1);
      const learning = { options: { checkpointEverySteps: 1 } };
      const start = { weights: pretrained(), head: 'random' } as const;
      await expect(begin({ ...learning, start, more: { checkpoint, signal } })).rejects.toMatchObject({
        code: 'INTERRUPTED',
      });
      const more = { checkpoint: { ...checkpoint, load: async () => kept.at(-1) ?? null } };
      for (const other of [undefined, { ...start, head: 'fitted' as const }, { ...start, weights: pretrained(4) }]) {
        await expect(begin({ ...learning, start: other, more })).rejects.toMatchObject({ code: 'DATA_CORRUPT' });
      }
    });

    it('leaves no tensors behind', async () => {
      const weights = pretrained();
      const before = tf.memory().numTensors;
      await begin({ start: { weights, head: 'fitted' } });
      expect(tf.memory().numTensors).toBe(before);
    });
  });
}, ['wasm']);
