import type { ImageSet, InputSpec } from '@winnow/contracts';
import type { ModelResult, Model } from '@winnow/models';
import { SeededRandom } from '@winnow/random';
import { conv2d, relu, tf } from '@winnow/tensor';
import type { TrainingStep } from '../method';
import type { PoolSplit } from '../training-data';

/** For specs: input of the networks below. */
export const SMALL_INPUT: InputSpec = {
  size: 8,
  range: [0, 1],
  mean: [0.5, 0.4, 0.3],
  std: [0.25, 0.25, 0.25],
};

/** For specs: images of 8 px whose class is their strongest channel; every third label is wrong. */
export function colourImages(count: number, { noisy = true }: { readonly noisy?: boolean } = {}): ImageSet {
  const random = new SeededRandom('colours');
  const size = SMALL_INPUT.size;
  const pixels = new Uint8Array(count * size * size * 3);
  for (let image = 0; image < count; image += 1) {
    for (let at = 0; at < size * size * 3; at += 1) {
      pixels[image * size * size * 3 + at] = random.int(100) + (at % 3 === image % 3 ? 120 : 0);
    }
  }
  const labels = Int32Array.from({ length: count }, (_, image) => (noisy && image % 3 === 1 ? 2 : image % 3));
  const keys = Array.from(labels, (_, image) => `image-${image}`);
  return { count, size, pixels, keys, labels, classes: ['red', 'green', 'blue'] };
}

/** For specs: kinds in turn clean, closed, open. */
export function turnwiseSplit({ count, labels }: ImageSet): PoolSplit {
  const kinds = Uint8Array.from({ length: count }, (_, row) => row % 3);
  const probabilities = new Float32Array(count * 3);
  kinds.forEach((kind, row) => (probabilities[row * 3 + kind] = 1));
  return { kinds, probabilities, refinedLabels: labels };
}

interface SmallNetwork {
  readonly seed: number;
  readonly width?: number;
  /** With a projector of one convolution before the mean, and a classifier with a bias. */
  readonly projected?: boolean;
}

/** For specs: one strided convolution, a mean and a linear classifier; as fast as a network can be. */
export function smallNetwork({ seed, width = 6, projected = false }: SmallNetwork): Model {
  const random = new SeededRandom(seed);
  const make = (shape: number[], scale: number): tf.Variable => {
    const length = shape.reduce((product, size) => product * size, 1);
    const values = Float32Array.from({ length }, () => random.normal() * scale);
    return tf.tidy(() => tf.variable(tf.tensor(values, shape)));
  };
  const filter = make([3, 3, 3, width], 0.3) as tf.Variable<tf.Rank.R4>;
  const weight = make([width, 3], 0.5) as tf.Variable<tf.Rank.R2>;
  const projector = projected ? (make([1, 1, width, width], 0.5) as tf.Variable<tf.Rank.R4>) : null;
  const bias = projected ? make([3], 0) : null;
  const parameters = new Map<string, tf.Variable>([
    ['conv.weight', filter],
    ...(projector ? [['projector.0.conv.weight', projector] as const] : []),
    ['fc.weight', weight],
    ...(bias ? [['fc.bias', bias] as const] : []),
  ]);
  const trainable = [...parameters.values()];
  const forward = (images: tf.Tensor4D): ModelResult =>
    tf.tidy(() => {
      const map = relu(conv2d(images, filter, { stride: 2, padding: 1 }));
      const featureMap = projector ? relu(conv2d(map, projector, { stride: 1, padding: 0 })) : map;
      const features = tf.mean(featureMap, [1, 2]) as tf.Tensor2D;
      const products = tf.matMul(features, weight);
      const logits = (bias ? tf.add(products, bias) : products) as tf.Tensor2D;
      return { logits, features, featureMap } as ModelResult & tf.TensorContainerObject;
    });
  return {
    name: 'small',
    depthwiseNames: new Set<string>(),
    classifierName: 'fc',
    classCount: 3,
    featureDim: width,
    featureMapDim: width,
    trainable,
    parameters,
    parameterCount: trainable.reduce((sum, { size }) => sum + size, 0),
    forward,
    through: forward,
    freeze: () => ({ forward, dispose: () => undefined }),
    dispose: () => trainable.forEach((variable) => variable.dispose()),
  };
}

/** For specs: every term of a step's loss by name, weighted; of terms of one name the sum. */
export function lossParts({ losses }: TrainingStep): Readonly<Record<string, tf.Scalar>> {
  const sums: Record<string, tf.Scalar> = {};
  for (const [name, part] of losses.flatMap((makeLoss) => Object.entries(makeLoss().parts))) {
    sums[name] = sums[name] === undefined ? part : tf.add(sums[name], part);
  }
  return sums;
}
