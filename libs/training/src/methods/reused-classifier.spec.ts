import { createModel, loadWeights, type ModelName, outlineModel, requireFeatureMap, saveWeights } from '@winnow/models';
import { onEngines, tf } from '@winnow/tensor';
import { agreement } from '../classification-metrics';
import { createStudent } from '../student/create-student';
import { type FrozenTeacher, freezeModel } from '../teacher/frozen-network';
import { METHODS } from '../methods';
import { predict } from '../teacher/predict';
import { train } from '../loop/train';
import { colourImages, SMALL_INPUT, smallNetwork } from '../spec-support/training-under-test';

const images = colourImages(48, { noisy: false });
const data = { images, split: null };

/** A small network that knows the colours. */
async function colourTeacher(width: number): Promise<{ readonly teacher: FrozenTeacher; dispose(): void }> {
  const model = smallNetwork({ seed: 3, width });
  const options = { epochs: 12, batch: 12, seed: 1, learningRate: 0.05 };
  await train({ method: METHODS.ce, data, teacher: null, student: { model, input: SMALL_INPUT }, options });
  return { teacher: freezeModel(model, SMALL_INPUT), dispose: () => model.dispose() };
}

onEngines(() => {
  describe.each(['simkd', 'kd3'] as const)('%s', (name) => {
    const method = METHODS[name];
    const options = { epochs: 8, batch: 12, seed: 1, learningRate: 0.05 };

    it("leaves a projector and the teacher's classifier in a student that agrees with the teacher", async () => {
      const { teacher, dispose } = await colourTeacher(10);
      const model = createStudent(method, { model: 'resnet8', teacher, classCount: 3, seed: 1 });
      expect(model.name).toBe('resnet8+projector-10');
      const before = model.parameters.get('conv1.weight')?.dataSync() as Float32Array;
      const student = { model, input: SMALL_INPUT };
      const { notes } = await train({ method, data, teacher, student, options });
      expect(notes[0]).toContain(`resnet8+projector-10, ${model.parameterCount} parameters`);
      expect(notes).toHaveLength(1);
      expect(model.parameters.get('conv1.weight')?.dataSync()).not.toEqual(before);
      // What the teacher makes of its own features, the student's classifier makes of them, too.
      const outputs = await predict(teacher, images);
      tf.tidy(() => {
        const weight = model.parameters.get('fc.weight') as tf.Tensor2D;
        const bias = model.parameters.get('fc.bias') as tf.Tensor1D;
        const logits = tf.add(tf.matMul(tf.tensor2d(outputs.features, [48, 10]), weight), bias).dataSync();
        logits.forEach((value, at) => expect(value).toBeCloseTo(outputs.logits[at] as number, 3));
      });
      const scores = await predict(freezeModel(model, SMALL_INPUT), images);
      expect(agreement(scores, outputs)).toBeGreaterThan(0.8);
      const again = outlineModel(model.name as ModelName, 3);
      loadWeights(again, saveWeights(model, {}), { where: 'student.safetensors' });
      expect((await predict(freezeModel(again, SMALL_INPUT), images)).logits).toEqual(scores.logits);
      for (const network of [model, again]) network.dispose();
      dispose();
    });

    it.each([
      [40, /^40 images are few for a classifier of 64 features: on 8 .* misses [\d.]+ % .* Use at least 128 images/],
      [12, /^12 images are few for a classifier of 64 features, and too few to tell/],
    ])("says that %p images do not tell the teacher's classifier", async (count, note) => {
      const teacherModel = createModel('resnet8', { classCount: 3, seed: 1 });
      const teacher = freezeModel(teacherModel, SMALL_INPUT);
      const model = createStudent(method, { model: 'resnet8', teacher, classCount: 3, seed: 2 });
      const few = { images: colourImages(count), split: null };
      const student = { model, input: SMALL_INPUT };
      const { notes } = await train({ method, data: few, teacher, student, options: { ...options, epochs: 1 } });
      expect(notes).toEqual([expect.stringContaining('keeps a projector'), expect.stringMatching(note)]);
      for (const network of [model, teacherModel]) network.dispose();
    });

    it('fits the classifier to means of the map, whatever the features of the teacher are, and says what that leaves', async () => {
      const { teacher, dispose } = await colourTeacher(4);
      // As of a network with a norm between map and classifier.
      const normed: FrozenTeacher = {
        ...teacher,
        outputs: (pictures) => {
          const featureMap = requireFeatureMap(teacher.outputs(pictures));
          const means = tf.mean(featureMap, [1, 2]);
          const features = tf.div(means, tf.norm(means, 2, 1, true)) as tf.Tensor2D;
          return { features, featureMap, logits: tf.mul(tf.slice(features, [0, 0], [-1, 3]), 20) as tf.Tensor2D };
        },
      };
      const model = createStudent(method, { model: 'resnet8', teacher: normed, classCount: 3, seed: 1 });
      const student = { model, input: SMALL_INPUT };
      const few = { ...options, epochs: 1 };
      const { notes } = await train({ method, data, teacher: normed, student, options: few });
      expect(notes[1]).toMatch(/^The teacher's outputs are no linear map of the means of its last feature map: \d/);
      model.dispose();
      dispose();
    });

    it('refuses a teacher whose features are more than its map has channels, before the first step', async () => {
      const { teacher, dispose } = await colourTeacher(4);
      const wide: FrozenTeacher = {
        ...teacher,
        featureDim: 8,
        outputs: (pictures) => {
          const outputs = teacher.outputs(pictures);
          return { ...outputs, features: tf.concat([outputs.features, outputs.features], 1) };
        },
      };
      const model = createStudent(method, { model: 'resnet8', teacher: wide, classCount: 3, seed: 1 });
      const student = { model, input: SMALL_INPUT };
      await expect(train({ method, data, teacher: wide, student, options })).rejects.toMatchObject({
        code: 'TEACHER_MISMATCH',
        message: expect.stringContaining('4 channels') as unknown,
      });
      model.dispose();
      dispose();
    });

    it('refuses students without a projector, projectors for another teacher, and teachers without features', async () => {
      const { teacher, dispose } = await colourTeacher(4);
      const asked = { model: 'resnet8', teacher, classCount: 3, seed: 1 } as const;
      const without = createModel('resnet8', { classCount: 3, seed: 1 });
      const other = createStudent(method, { ...asked, teacher: { ...teacher, featureDim: 7 } });
      for (const [model, code] of [
        [without, 'INTERNAL'],
        [other, 'TEACHER_MISMATCH'],
      ] as const) {
        const student = { model, input: SMALL_INPUT };
        await expect(train({ method, data, teacher, student, options })).rejects.toMatchObject({ code });
        model.dispose();
      }
      expect(() => createStudent(method, { ...asked, teacher: { ...teacher, featureDim: 0 } })).toThrow(/no features/);
      dispose();
    });
  });

  it('other methods train the network that was asked for', () => {
    const { kd } = METHODS;
    const teacher = freezeModel(smallNetwork({ seed: 1 }), SMALL_INPUT);
    const model = createStudent(kd, { model: 'resnet8', teacher, classCount: 3, seed: 1 });
    expect(model.name).toBe('resnet8');
    model.dispose();
  });
}, ['wasm']);
