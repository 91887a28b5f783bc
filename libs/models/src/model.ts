import { WinnowError } from '@winnow/contracts';
import type { tf } from '@winnow/tensor';
import type { ForwardPass } from './passes/forward-pass';

interface ForwardOptions {
  /** True: batch statistics, and the running ones move. False: running statistics, nothing changes. */
  readonly training: boolean;
}

/** What one forward pass gives; the caller owns (disposes or tidies) the tensors. */
export interface ForwardResult {
  /** [batch, classCount] */
  readonly logits: tf.Tensor2D;
  /** What the classifier reads, [batch, featureDim]: the map's means, or what a head makes of them */
  readonly features: tf.Tensor2D;
  /** Last feature map, [batch, height, width, featureMapDim]; null for an imported network that gives none */
  readonly featureMap: tf.Tensor4D | null;
}

/** Of a network of ours: each has a feature map. */
export interface ModelResult extends ForwardResult {
  readonly featureMap: tf.Tensor4D;
}

/** The feature map of a teacher for what needs one. @throws WinnowError TEACHER_MISMATCH where there is none */
export function requireFeatureMap({ featureMap }: ForwardResult): tf.Tensor4D {
  if (featureMap !== null) return featureMap;
  throw new WinnowError('TEACHER_MISMATCH', 'This teacher has no feature map', {
    where: 'teacher.weights',
    next: 'Import it again with --feature-map, or use a method that needs logits only, such as kd.',
  });
}

export interface ModelOptions {
  readonly classCount: number;
  /** Decides the initial weights. */
  readonly seed: number | string;
}

/** A network with its weights. */
export interface Model {
  readonly name: string;
  readonly classCount: number;
  readonly featureDim: number;
  /** Channels of the last feature map. */
  readonly featureMapDim: number;
  /** @param images normalised, NHWC, [batch, height, width, 3] */
  forward(images: tf.Tensor4D, options: ForwardOptions): ModelResult;
  /** A forward pass whose layers are computed in another way: see ForwardPass. */
  through(images: tf.Tensor4D, pass: ForwardPass): ModelResult;
  /** The network for inference. Its weights must not change from here on: some are taken at the first use, some at each. */
  freeze(): FrozenModel<ModelResult>;
  /** What an optimiser changes, in the order of the layers. */
  readonly trainable: readonly tf.Variable[];
  /** Every weight by PyTorch name, running statistics included; convolutions as HWIO, classifiers as [in, out]. */
  readonly parameters: ReadonlyMap<string, tf.Variable>;
  /** Those of the parameters that are filters for each channel, [height, width, channels, 1]. */
  readonly depthwiseNames: ReadonlySet<string>;
  /** The classifier's name: `<name>.weight` and `<name>.bias` are among the parameters. */
  readonly classifierName: string;
  /** Number of trainable scalars. */
  readonly parameterCount: number;
  /** Frees all weights; the model is useless afterwards. */
  dispose(): void;
}

/** A network that only answers. It needs the model's weights: dispose of it before the model. */
export interface FrozenModel<Result extends ForwardResult = ForwardResult> {
  /** @param images normalised, NHWC, [batch, height, width, 3] */
  forward(images: tf.Tensor4D): Result;
  /** Frees what freezing made; the model keeps its weights. */
  dispose(): void;
}
