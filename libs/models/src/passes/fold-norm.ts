import type { BatchNormParameters, tf } from '@winnow/tensor';
import { epsilonOf } from '../architectures/layer-parameters';

export interface NormValues {
  readonly gamma: Float32Array;
  readonly beta: Float32Array;
  readonly mean: Float32Array;
  readonly variance: Float32Array;
  readonly epsilon: number;
}

/** Copies, so that a graph does not change with its model. */
export function normValues(norm: BatchNormParameters): NormValues {
  const { gamma, beta, runningMean, runningVariance } = norm;
  const values = (tensor: tf.Tensor): Float32Array => (tensor.dataSync() as Float32Array).slice();
  return {
    gamma: values(gamma),
    beta: values(beta),
    mean: values(runningMean),
    variance: values(runningVariance),
    epsilon: epsilonOf(norm),
  };
}

/**
 * A filter with the batch norm that follows it: w' = w * scale, b' = beta + (b - mean) * scale, scale = gamma / sqrt(variance +
 * epsilon). Computed in double precision, without a tensor engine: the same weights give the same bytes everywhere.
 * @param filter HWIO, or depthwise [height, width, channels, 1]: the channels of the result vary fastest in both
 * @param offsets the convolution's own bias b, where it has one
 */
export function foldNorm(
  filter: Float32Array,
  offsets: Float32Array | null,
  { gamma, beta, mean, variance, epsilon }: NormValues,
): { readonly filter: Float32Array; readonly bias: Float32Array } {
  const scale = Float64Array.from(gamma, (value, channel) => {
    return value / Math.sqrt((variance[channel] as number) + epsilon);
  });
  const bias = beta.map(
    (value, channel) => value + ((offsets?.[channel] ?? 0) - (mean[channel] as number)) * (scale[channel] as number),
  );
  const folded = new Float32Array(filter.length);
  for (let row = 0; row < filter.length; row += scale.length) {
    for (let channel = 0; channel < scale.length; channel += 1) {
      folded[row + channel] = (filter[row + channel] as number) * (scale[channel] as number);
    }
  }
  return { filter: folded, bias };
}
