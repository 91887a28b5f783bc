import { SeededRandom } from '@winnow/random';
import { maxPool, tf } from '@winnow/tensor';
import type { Architecture } from '../architectures/architecture';
import { convolution, convolutionNorm, depthwiseConvolutionNorm } from '../architectures/convolution-norm';
import { type ModelName, outlineModel } from '../create-model';
import type { ExportDescription } from '../formats/export-description';
import type { Model } from '../model';
import { network } from '../architectures/network';
import { ParameterStore } from '../architectures/parameter-store';

export const ABOUT_TEST: ExportDescription = {
  model: 'test',
  classes: ['a', 'b, c', 'ü'],
  input: { size: 16, range: [0, 1], mean: [0.5, 0.4, 0.3], std: [0.25, 0.2, 0.5] },
  version: '1.2.3',
};

/** A network of three classes whose every weight and statistic says something; quick, also where there are many. */
export function weightedModel(name: ModelName): Model {
  return withWeights(outlineModel(name, ABOUT_TEST.classes.length));
}

/** Three classes, convolutions with biases of their own, and a head: three channels in the feature map, five features. */
export function headedModel(): Model {
  return withWeights(network(HEADED, new ParameterStore(null), ABOUT_TEST.classes.length));
}

/** A prime: no layer's rows begin at the same number again. */
const DRAWN = 65_521;
let drawn: Float32Array | undefined;

/** Uniform in [-1, 1), [DRAWN] */
function drawOnce(): Float32Array {
  const { imul } = Math;
  let state = 12345;
  return new Float32Array(DRAWN).map(() => {
    state = (imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

function withWeights(model: Model): Model {
  // There are millions of weights: all are of the same few numbers.
  drawn ??= drawOnce();
  let next = 0;
  for (const [key, variable] of model.parameters) {
    const { shape, size } = variable;
    // Filters keep the spread of what goes through them, as He et al. initialise them.
    const inputs = size / (shape.at(-1) === 1 ? (shape.at(-2) as number) : (shape.at(-1) as number));
    const [centre, spread] =
      shape.length > 1 ? [0, Math.sqrt(6 / inputs)] : key.endsWith('var') ? [1, 0.5] : [0.6, 0.4];
    const values = new Float32Array(size);
    for (let at = 0; at < size; at += 1) {
      values[at] = centre + spread * (drawn[next] as number);
      next = next + 1 === DRAWN ? 0 : next + 1;
    }
    variable.assign(tf.tensor(values, shape));
  }
  return model;
}

/**
 * Two channels: a 1x1 convolution with batch norm and ReLU, a padded max pool of 3 with stride 2, + itself, mean, linear.
 * @param isPast true: the sum is computed past the pass
 */
export function tinyModel(isPast = false): Model {
  const model = network(tiny(isPast), new ParameterStore(new SeededRandom(1)), 2);
  for (const [name, values] of Object.entries(TINY_WEIGHTS)) {
    const variable = model.parameters.get(name) as tf.Variable;
    variable.assign(tf.tensor([...values], variable.shape));
  }
  return model;
}

/** [in, out]: the first channel is the red one, the second is green minus blue. */
const TINY_WEIGHTS: Readonly<Record<string, readonly number[]>> = {
  'conv1.weight': [1, 0, 0, 1, 0, -1],
  'bn1.weight': [2, 1],
  'bn1.bias': [0, 0.5],
  'bn1.running_mean': [1, 0],
  'bn1.running_var': [4 - 1e-5, 1 - 1e-5],
  'fc.weight': [1, 0, 0, -1],
  'fc.bias': [0.25, 0],
};

/** A depthwise and a plain convolution with bias, each with a batch norm or without. */
export const HEADED: Architecture = {
  name: 'headed',
  imageSize: 8,
  classifierName: 'fc',
  body: (store) => {
    const bias = (name: string, channels: number) => store.constant(`${name}.bias`, channels, 0, true);
    const depthwise = depthwiseConvolutionNorm(store, ['dw', 'bn1'], { kernel: 3, channels: 3, stride: 1 });
    const pointwise = convolutionNorm(store, ['pw', 'bn2'], { kernel: 1, from: 3, to: 3, stride: 1 });
    const stem = { ...convolution(store, 'stem', { kernel: 3, from: 3, to: 3, stride: 2 }), bias: bias('stem', 3) };
    const layers = [depthwise, pointwise].map(({ norm, ...layer }, index) => ({
      norm,
      convolution: { ...layer.convolution, bias: bias(`layer${index}`, 3) },
    }));
    const last = { ...depthwiseConvolutionNorm(store, ['last', 'unused'], { kernel: 3, channels: 3, stride: 1 }) };
    const filter = { ...last.convolution, bias: bias('last', 3) };
    return {
      featureMapDim: 3,
      trunk: (images, pass) =>
        pass.convolve(
          layers.reduce((x, layer) => pass.convolveNorm(x, layer, { activation: 'relu' }), pass.convolve(images, stem)),
          filter,
        ),
      head: (heads) => {
        const hidden = convolutionNorm(heads, ['hidden', 'bn3'], { kernel: 1, from: 3, to: 5, stride: 1 });
        return { featureDim: 5, layers: (map, pass) => pass.convolveNorm(map, hidden, { activation: 'relu' }) };
      },
    };
  },
};

function tiny(isPast: boolean): Architecture {
  return {
    name: 'tiny',
    imageSize: 8,
    classifierName: 'fc',
    body: (store) => {
      const stem = convolutionNorm(store, ['conv1', 'bn1'], { kernel: 1, from: 3, to: 2, stride: 1 });
      const options = { kernel: 3, stride: 2, padding: 1 };
      return {
        featureMapDim: 2,
        trunk: (images, pass) => {
          const start = pass.convolveNorm(images, stem, { activation: 'relu' });
          const pooled = pass.maxPool(start, options);
          return isPast ? (tf.add(pooled, maxPool(start, options)) as tf.Tensor4D) : pass.add(pooled, pooled);
        },
      };
    },
  };
}
