import { tf } from '@winnow/tensor';
import { normalisedKernels } from './optimizer';

it('takes for kernels of Muon convolutions between several channels, without an offset', () => {
  const shapes = {
    'first.weight': [3, 3, 1, 8],
    'conv.weight': [3, 3, 4, 8],
    'depthwise.weight': [3, 3, 8, 1],
    'plain.weight': [3, 3, 4, 8],
    'plain.bias': [8],
    'fc.weight': [8, 3],
    'bn.weight': [8],
  };
  const trained = new Map(Object.entries(shapes).map(([name, shape]) => [name, tf.variable(tf.zeros(shape))]));
  expect(normalisedKernels(trained)).toEqual(new Set([trained.get('conv.weight')]));
});
