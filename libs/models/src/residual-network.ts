import { SeededRandom } from '@winnow/random';
import { conv2d, relu, tf } from '@winnow/tensor';
import { batchNorm, type Layer } from './batch-norm';
import type { ForwardResult, Model, ModelOptions } from './model';
import { ParameterStore } from './parameter-store';

export interface ResidualNetworkSpec {
  readonly name: string;
  /** Basic blocks a stage: n for the network of depth 6n + 2. */
  readonly blocksPerStage: number;
  /** Channels of each stage; every stage but the first halves the resolution. */
  readonly widths: readonly number[];
}

interface ConvolutionSize {
  readonly kernel: 1 | 3;
  readonly from: number;
  readonly to: number;
  readonly stride: number;
}

/**
 * CIFAR residual network of depth 6n + 2: 3x3 convolution, stages of n basic blocks, global average pool, linear
 * classifier. He et al., "Deep Residual Learning for Image Recognition", CVPR 2016, section 4.2, with projection
 * shortcuts (option B: 1x1 convolution and batch norm) where the shape changes.
 */
export function residualNetwork(
  spec: ResidualNetworkSpec,
  { classCount, seed, inputChannels = 3 }: ModelOptions,
): Model {
  const store = new ParameterStore(new SeededRandom(seed).fork('weights', spec.name));
  const stem = spec.widths[0] as number;
  const layers: Layer[] = [
    convolutionNorm(store, ['conv1', 'bn1'], { kernel: 3, from: inputChannels, to: stem, stride: 1 }),
    (x) => relu(x),
  ];
  let channels = stem;
  spec.widths.forEach((width, stage) => {
    for (let block = 0; block < spec.blocksPerStage; block += 1) {
      const stride = stage > 0 && block === 0 ? 2 : 1;
      layers.push(basicBlock(store, `layer${stage + 1}.${block}`, { kernel: 3, from: channels, to: width, stride }));
      channels = width;
    }
  });
  const weight = store.uniform('fc.weight', [channels, classCount], channels) as tf.Variable<tf.Rank.R2>;
  const bias = store.uniform('fc.bias', [classCount], channels);
  const forward: Model['forward'] = (images, { training }) =>
    tf.tidy(() => {
      const featureMap = layers.reduce((x, layer) => layer(x, training), images);
      const features = tf.mean(featureMap, [1, 2]) as tf.Tensor2D;
      const logits = tf.add(tf.matMul(features, weight), bias) as tf.Tensor2D;
      return { logits, features, featureMap } as ForwardResult & tf.TensorContainerObject;
    });
  return describeModel({ name: spec.name, classCount, featureDim: channels, forward }, store.parameters);
}

function describeModel(
  core: Pick<Model, 'name' | 'classCount' | 'featureDim' | 'forward'>,
  parameters: ReadonlyMap<string, tf.Variable>,
): Model {
  const trainable = [...parameters.values()].filter((variable) => variable.trainable);
  return {
    ...core,
    trainable,
    parameters,
    parameterCount: trainable.reduce((sum, variable) => sum + variable.size, 0),
    dispose: () => {
      for (const variable of parameters.values()) variable.dispose();
    },
  };
}

function convolutionNorm(store: ParameterStore, names: readonly [string, string], size: ConvolutionSize): Layer {
  const { kernel, from, to, stride } = size;
  const filter = store.convolution(`${names[0]}.weight`, [kernel, kernel, from, to]);
  const norm = batchNorm(store, names[1], to);
  const padding = (kernel - 1) / 2;
  return (x, training) => norm(conv2d(x, filter, { stride, padding }), training);
}

/** relu(bn2(conv2(relu(bn1(conv1(x))))) + shortcut(x)) */
function basicBlock(store: ParameterStore, name: string, size: ConvolutionSize): Layer {
  const first = convolutionNorm(store, [`${name}.conv1`, `${name}.bn1`], size);
  const second = convolutionNorm(store, [`${name}.conv2`, `${name}.bn2`], { ...size, from: size.to, stride: 1 });
  const changesShape = size.stride !== 1 || size.from !== size.to;
  const shortcut: Layer = changesShape
    ? convolutionNorm(store, [`${name}.shortcut.0`, `${name}.shortcut.1`], { ...size, kernel: 1 })
    : (x) => x;
  return (x, training) => {
    const residual = second(relu(first(x, training)), training);
    return relu(tf.add(residual, shortcut(x, training)) as tf.Tensor4D);
  };
}
