import type * as tf from '@tensorflow/tfjs';

import type { Activation } from './activation';

export interface BatchNormTrainOptions {
  /** Added to the variance. */
  readonly epsilon: number;
  /** Share of this batch in the running statistics. */
  readonly momentum: number;
  /** Default none. */
  readonly activation?: Activation | undefined;
  /** Added before the activation, of x's shape: the other branch of a residual block. */
  readonly plus?: tf.Tensor4D | undefined;
}
