import type { tf } from '@winnow/tensor';

export interface ForwardOptions {
  /** True: batch statistics, and the running ones move. False: running statistics, nothing changes. */
  readonly training: boolean;
}

/** What one forward pass gives; the caller owns (disposes or tidies) the tensors. */
export interface ForwardResult {
  /** [batch, classCount] */
  readonly logits: tf.Tensor2D;
  /** Pooled, before the classifier, [batch, featureDim] */
  readonly features: tf.Tensor2D;
  /** Last feature map, [batch, height, width, featureDim] */
  readonly featureMap: tf.Tensor4D;
}

export interface ModelOptions {
  readonly classCount: number;
  /** Decides the initial weights. */
  readonly seed: number | string;
  readonly inputChannels?: 3;
}

/** A network with its weights. */
export interface Model {
  readonly name: string;
  readonly classCount: number;
  readonly featureDim: number;
  /** @param images normalised, NHWC, [batch, height, width, 3] */
  forward(images: tf.Tensor4D, options: ForwardOptions): ForwardResult;
  /** What an optimiser changes, in the order of the layers. */
  readonly trainable: readonly tf.Variable[];
  /** Every weight by PyTorch name, running statistics included; convolutions as HWIO, fc as [in, out]. */
  readonly parameters: ReadonlyMap<string, tf.Variable>;
  /** Number of trainable scalars. */
  readonly parameterCount: number;
  /** Frees all weights; the model is useless afterwards. */
  dispose(): void;
}
