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
  /** Pictures to the last feature map, [batch, height, width, featureDim]. */
  readonly trunk: Block;
  readonly featureDim: number;
}
