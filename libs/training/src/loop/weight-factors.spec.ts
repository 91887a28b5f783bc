import { onEngines, tf } from '@winnow/tensor';
import { stagesBefore, weightFactors } from './weight-factors';

describe('stagesBefore', () => {
  it.each([
    [
      'a residual network',
      ['conv1.weight', 'bn1.weight', 'layer1.0.conv1.weight', 'layer1.1.conv1.weight', 'layer2.0.conv1.weight'],
      [3, 3, 2, 2, 1],
    ],
    [
      'timm names',
      ['conv_stem.weight', 'bn1.weight', 'blocks.0.0.conv.weight', 'blocks.1.0.conv.weight', 'conv_head.weight'],
      [3, 3, 2, 1, 0],
    ],
    ['torchvision names', ['features.0.0.weight', 'features.1.conv.weight', 'features.2.0.weight'], [3, 2, 1]],
    ['no stages at all', ['conv.weight'], [0]],
  ])('counts the stages of %s from the classifier', (_name, names, depths) => {
    expect(names.map((name) => stagesBefore(names).get(name))).toEqual(depths);
  });
});

onEngines(() => {
  const variable = (...shape: number[]): tf.Variable => tf.tidy(() => tf.variable(tf.zeros(shape)));

  it('gives head, modules and stages their rates, and spares biases and norms where asked', () => {
    const names = ['conv1.weight', 'layer1.0.conv.weight', 'layer1.0.bn.bias', 'fc.weight', 'fc.bias'];
    const shapes = [[3, 3], [3, 3], [3], [3, 2], [2]];
    const student = new Map(names.map((name, index) => [name, variable(...(shapes[index] as number[]))]));
    const modules = new Map([['projector.weight', variable(2, 2)]]);
    const trained = { student, classifierName: 'fc', modules };
    const factors = weightFactors(trained, { headRate: 10, layerDecay: 0.5, decayNorms: false });
    const all = [...student.values(), ...modules.values()];
    expect(all.map((one) => factors.get(one)?.rate)).toEqual([0.25, 0.5, 0.5, 10, 10, 10]);
    expect(all.map((one) => factors.get(one)?.decay)).toEqual([1, 1, 0, 1, 0, 1]);
    const usual = weightFactors(trained, { headRate: 1, layerDecay: 1, decayNorms: true });
    expect(all.map((one) => usual.get(one))).toEqual(all.map(() => ({ rate: 1, decay: 1 })));
    tf.dispose(all);
  });
}, ['wasm']);
