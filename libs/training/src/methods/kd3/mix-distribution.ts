import type { SeededRandom } from '@winnow/random';
import { tf } from '@winnow/tensor';

const CONCENTRATION = 0.1;
const EPSILON = 1e-6;

/** How each picture of a batch borrows light and contrast of another. */
export interface DistributionMix {
  /** [batch] */
  readonly partners: Int32Array;
  /** Share of each picture's own statistics, [batch] */
  readonly shares: Float32Array;
}

/** A partner and a share ~ Beta(.1, .1) for each picture. */
export function drawDistributionMix(count: number, random: SeededRandom): DistributionMix {
  return {
    partners: random.permutation(count),
    shares: Float32Array.from({ length: count }, () => random.beta(CONCENTRATION, CONCENTRATION)),
  };
}

/**
 * Pictures with the mean and deviation of each channel moved towards their partner's. Zhou et al., "Domain
 * Generalization with MixStyle", ICLR 2021, on pixels as Tang et al., ICCV 2023 (KD3) have it. It goes with any
 * normalisation of channels: to mix and to normalise may change places.
 * @param pictures [batch, height, width, channels]
 */
export function mixDistribution(pictures: tf.Tensor4D, { partners, shares }: DistributionMix): tf.Tensor4D {
  return tf.tidy(() => {
    const own = tf.tensor4d(shares, [shares.length, 1, 1, 1]);
    const mean = tf.mean(pictures, [1, 2], true);
    const centred = tf.sub(pictures, mean);
    const deviation = tf.sqrt(tf.add(tf.mean(tf.square(centred), [1, 2], true), EPSILON));
    const blend = (statistic: tf.Tensor) =>
      tf.add(tf.mul(statistic, own), tf.mul(tf.gather(statistic, [...partners]), tf.sub(1, own)));
    return tf.add(tf.mul(tf.div(centred, deviation), blend(deviation)), blend(mean)) as tf.Tensor4D;
  });
}
