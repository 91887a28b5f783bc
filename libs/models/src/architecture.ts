import type { Model } from './model';
import type { ParameterStore } from './parameter-store';

/** A network's definition: what createModel gives weights to. */
export interface Architecture {
  /** Side of the pictures that it was published for, pixels. Others work too. */
  readonly imageSize: number;
  /** Defines the weights in the store and gives the network that uses them. */
  build(store: ParameterStore, classCount: number): Model;
}
