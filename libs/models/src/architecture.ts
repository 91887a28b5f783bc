import type { Block } from './basic-block';
import type { ParameterStore } from './parameter-store';

/** A network's definition: what createModel gives weights to. */
export interface Architecture {
  readonly name: string;
  /** Side of the pictures that it was published for, pixels. Others work too. */
  readonly imageSize: number;
  /** PyTorch's, without `.weight` and `.bias`. */
  readonly classifierName: string;
  /** Defines the weights before the classifier in the store and gives the trunk that uses them. */
  body(store: ParameterStore): Body;
}

export interface Body {
  /** Images to the last feature map, [batch, height, width, featureMapDim]. */
  readonly trunk: Block;
  readonly featureMapDim: number;
  /**
   * Defines what lies between the feature map and the classifier, in the store: a normalisation, a hidden layer. Absent:
   * the features are the map's means. A projector replaces it, so its weights are defined only where it is used.
   */
  readonly head?: (store: ParameterStore) => Head;
}

export interface Head {
  readonly featureDim: number;
  /** The feature map to [batch, height, width, featureDim], whose means are the features. */
  readonly layers: Block;
}
