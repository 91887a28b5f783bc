import { onEngines, tf } from '@winnow/tensor';
import {
  architectureNamed,
  createModel,
  isModelName,
  type ModelName,
  outlineModel,
  projectedName,
} from '../create-model';
import { loadWeights } from '../weights/load-weights';
import { network } from './network';
import { ParameterStore } from './parameter-store';
import { saveWeights } from '../weights/save-weights';
import { summariseModel } from '../passes/summarise-model';
import { HEADED } from '../spec-support/networks-under-test';
import { hasProjector, withProjector } from './with-projector';

const NAME = 'resnet8+projector-10';

describe('names with a projector', () => {
  it('are told from others', () => {
    expect(projectedName('resnet8', 10)).toBe(NAME);
    expect(projectedName(NAME, 64)).toBe('resnet8+projector-64');
    expect(projectedName('wrn-16-2', 4096)).toBe('wrn-16-2+projector-4096');
    for (const known of ['resnet8', NAME]) expect(isModelName(known)).toBe(true);
    for (const other of [
      '',
      '+projector-4',
      'resnet8+',
      'resnet8+projector-',
      'resnet8+projector-0',
      'resnet8+projector-04',
      'resnet8+projector-4097',
      'resnet8+projector-99999999999',
      'resnet8+projector-4+projector-4',
      'constructor',
      `${NAME}\n`,
    ]) {
      // prettier-ignore
      expect(isModelName(other)).toBe(false);
      expect(() => architectureNamed(other as ModelName)).toThrow(/there is no model/);
    }
    expect(() => projectedName('resnet8', 5000)).toThrow(/5000 channels/);
  });
});

onEngines(() => {
  it('adds three convolutions with batch norm before the pool, and starts the rest as without', () => {
    const [plain, model] = [
      createModel('resnet8', { classCount: 3, seed: 4 }),
      createModel(NAME, { classCount: 3, seed: 4 }),
    ];
    expect(hasProjector(plain)).toBe(false);
    expect(hasProjector(model)).toBe(true);
    expect(model.name).toBe(NAME);
    for (const [name, variable] of plain.parameters) {
      if (name.startsWith('fc.')) continue;
      expect(model.parameters.get(name)?.dataSync()).toEqual(variable.dataSync());
    }
    // 64 -> 5 -> 5 -> 10 channels, scale and offset of each, classifiers of 10 and 64 features.
    const added = 64 * 5 + 9 * 25 + 5 * 10 + 2 * (5 + 5 + 10) + (10 - 64) * 3;
    expect(model.parameterCount - plain.parameterCount).toBe(added);
    const side = 8 * 8;
    expect(summariseModel(NAME, { classCount: 3 }).multiplyAdds).toBe(
      summariseModel('resnet8', { classCount: 3 }).multiplyAdds + side * (64 * 5 + 9 * 25 + 5 * 10) + (10 - 64) * 3,
    );
    const shapes = tf.tidy(() => {
      const { logits, features, featureMap } = model.forward(tf.ones([2, 32, 32, 3]), { training: false });
      expect(tf.min(featureMap).dataSync()[0]).toBeGreaterThanOrEqual(0);
      return [logits.shape, features.shape, featureMap.shape];
    });
    expect(shapes).toEqual([[2, 3], [2, 10], [2, 8, 8, 10]]); // prettier-ignore
    plain.dispose();
    model.dispose();
  });

  it('takes the place of a head, whose weights are not there', () => {
    const model = network(withProjector(HEADED, 4), new ParameterStore(null), 3);
    expect([model.featureMapDim, model.featureDim]).toEqual([4, 4]);
    expect([...model.parameters.keys()].filter((name) => /^(hidden|bn3)\./.test(name))).toEqual([]);
    expect(model.parameters.get('projector.0.conv.weight')?.shape).toEqual([1, 1, 3, 2]);
    model.dispose();
  });

  it('comes back from its file under its name, and answers the same when frozen', () => {
    const model = createModel(NAME, { classCount: 3, seed: 4 });
    const again = outlineModel(model.name as ModelName, 3);
    loadWeights(again, saveWeights(model, {}), { where: 'student.safetensors' });
    const [before, after] = tf.tidy(() => {
      const images = tf.randomNormal<tf.Rank.R4>([2, 32, 32, 3], 0, 1, 'float32', 5);
      const frozen = again.freeze();
      const logits = [model.forward(images, { training: false }).logits.dataSync(), frozen.forward(images).logits.dataSync()]; // prettier-ignore
      frozen.dispose();
      return logits;
    }) as unknown as [Float32Array, Float32Array];
    before.forEach((value, at) => expect(after[at]).toBeCloseTo(value, 4));
    expect(() => loadWeights(again, saveWeights(createModel('resnet8', { classCount: 3, seed: 1 }), {}), { where: 'x' })).toThrow(/projector/); // prettier-ignore
    model.dispose();
    again.dispose();
  });
}, ['wasm']);
