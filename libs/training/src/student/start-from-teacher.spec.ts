import type { InputSpec } from '@winnow/contracts';
import { createModel, type Model, type ModelName } from '@winnow/models';
import { onEngines, tf } from '@winnow/tensor';
import { foldModel, externalFrozen, mapTeacher } from '../teacher/frozen-network';
import { startFromTeacher } from './start-from-teacher';

const INPUT: InputSpec = { size: 8, range: [0, 1], mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
const CLASSES = ['a', 'b', 'c'];

function setUp(teacher: ModelName, student: ModelName, classCount = 3) {
  const model = createModel(teacher, { classCount, seed: 1 });
  const frozen = foldModel(model, INPUT);
  const ours = createModel(student, { classCount: 3, seed: 2 });
  const dispose = () => {
    frozen.dispose();
    model.dispose();
    ours.dispose();
  };
  return { model, frozen, ours, dispose };
}
const valuesOf = (model: Model, name: string): number[] => [...(model.parameters.get(name)?.dataSync() ?? [])];

onEngines(() => {
  describe('startFromTeacher', () => {
    test.each([
      ['resnet20', 'resnet8'],
      ['wrn-16-2', 'wrn-16-2'],
    ] as const)('gives every weight of %s to %s, and no other', (teacher, student) => {
      const { model, frozen, ours, dispose } = setUp(teacher, student);
      const before = tf.memory().numTensors;
      expect(startFromTeacher(ours, frozen)).toBe(true);
      expect(tf.memory().numTensors).toBe(before);
      for (const name of ours.parameters.keys()) expect(valuesOf(ours, name)).toEqual(valuesOf(model, name));
      dispose();
    });

    test('takes the outputs of our classes, in our order', () => {
      const { model, frozen, ours, dispose } = setUp('resnet20', 'resnet8', 4);
      const mapped = mapTeacher(frozen, ['b', 'x', 'a', 'c'], CLASSES);
      expect(startFromTeacher(ours, mapped)).toBe(true);
      const theirs = model.parameters.get('fc.weight') as tf.Variable;
      const row = (values: readonly number[], at: number, width: number) => values.slice(at * width, (at + 1) * width);
      const [all, taken] = [[...theirs.dataSync()], valuesOf(ours, 'fc.weight')];
      for (let feature = 0; feature < 64; feature += 1) {
        const [b, , a, c] = row(all, feature, 4);
        expect(row(taken, feature, 3)).toEqual([a, b, c]);
      }
      const [b, , a, c] = valuesOf(model, 'fc.bias');
      expect(valuesOf(ours, 'fc.bias')).toEqual([a, b, c]);
      dispose();
    });

    test.each([
      ['another width', 'wrn-16-2', 'wrn-16-1'],
      ['another family', 'resnet20', 'wrn-16-1'],
      ['more blocks than the teacher', 'resnet8', 'resnet20'],
      ['no projector where the teacher has one of the same width', 'resnet20+projector-64', 'resnet8'],
      ['a projector where the teacher has none', 'resnet20', 'resnet8+projector-64'],
    ] as const)('leaves a student of %s as it is', (_what, teacher, student) => {
      const { frozen, ours, dispose } = setUp(teacher, student);
      const names = [...ours.parameters.keys()];
      const before = names.map((name) => valuesOf(ours, name));
      expect(startFromTeacher(ours, frozen)).toBe(false);
      expect(names.map((name) => valuesOf(ours, name))).toEqual(before);
      dispose();
    });

    test('leaves the student of a teacher without such weights as it is', () => {
      const { ours, dispose } = setUp('resnet20', 'resnet8');
      const external = externalFrozen(
        { classCount: 3, featureDim: 0, forward: () => ({}) as never, dispose: () => undefined } as never,
        INPUT,
      );
      expect(startFromTeacher(ours, external)).toBe(false);
      dispose();
    });
  });
});
