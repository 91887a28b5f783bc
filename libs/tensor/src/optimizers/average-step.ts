import * as tf from '@tensorflow/tfjs';

import { hasNativeKernels } from '../engines/tensorflow-kernel';
import { requireParallel, runWeightStep } from './weight-step';

/**
 * Moves averages towards values, in place: average += share (value - average). The lists run in parallel.
 * @param fraction 0..1; of a moving average 1 - its decay
 * @throws WinnowError SHAPE_MISMATCH for lists of unequal length
 */
export function averageStep(averages: readonly tf.Variable[], values: readonly tf.Tensor[], fraction: number): void {
  requireParallel(averages, { values });
  if (averages.length === 0) return;
  if (hasNativeKernels()) {
    const settings = averages.map(() => [fraction]);
    return runWeightStep('WinnowAverageStep', [averages, values], { moved: [averages], settings });
  }
  averages.forEach((average, index) => {
    tf.tidy(() => average.assign(average.add((values[index] as tf.Tensor).sub(average).mul(fraction))));
  });
}
