import type { tf } from '@winnow/tensor';
import type { Block } from './basic-block';
import type { ForwardPass } from '../passes/forward-pass';
import type { ParameterStore } from './parameter-store';

/** A network's definition: what createModel gives weights to. */
export interface Architecture {
  readonly name: string;
  /** Side of the images that it was published for, pixels. Others work too. */
  readonly imageSize: number;
  /** True: only images of that side go through it. */
  readonly isFixedSize?: boolean;
  /** PyTorch's, without `.weight` and `.bias`. */
  readonly classifierName: string;
  /** Defines the weights before the classifier in the store and gives the trunk that uses them. */
  body(store: ParameterStore): Body;
}

export interface Body {
  /** Images to the last feature map, [batch, height, width, featureMapDim]; or to what the next makes that of. */
  readonly trunk: Block;
  readonly featureMapDim: number;
  /** What the trunk gives to the last feature map: tokens, say. Absent: it is that. */
  readonly featureMap?: Block;
  /**
   * Defines what lies between the feature map and the classifier, in the store: a normalisation, a hidden layer. Absent:
   * the features are the map's means. A projector replaces it, so its weights are defined only where it is used.
   */
  readonly head?: (store: ParameterStore) => Head;
}

interface Head {
  readonly featureDim: number;
  /** What the trunk gives to [batch, height, width, featureDim], whose means are the features. */
  readonly layers: Block;
}

/** The last feature map of what the trunk gave. */
export function mapOf({ featureMap }: Body, end: tf.Tensor4D, pass: ForwardPass): tf.Tensor4D {
  return featureMap ? featureMap(end, pass) : end;
}
