import type { SeededRandom } from '@winnow/random';
import { tf } from '@winnow/tensor';

const CONCENTRATION = 0.1;
const EPSILON = 1e-6;

/** How each image of a batch borrows light and contrast of another. */
export interface DistributionMix {
  /** [batch] */
  readonly partners: Int32Array;
  /** Share of each image's own statistics, [batch] */
  readonly fractions: Float32Array;
}

/** A partner and a share ~ Beta(.1, .1) for each image. */
export function drawDistributionMix(count: number, random: SeededRandom): DistributionMix {
  return {
    partners: random.permutation(count),
    fractions: Float32Array.from({ length: count }, () => random.beta(CONCENTRATION, CONCENTRATION)),
  };
}

/**
 * Images with the mean and deviation of each channel moved towards their partner's. Zhou et al., "Domain
 * Generalization with MixStyle", ICLR 2021, on pixels as Tang et al., ICCV 2023 (KD3) have it. It goes with any
 * normalisation of channels: to mix and to normalise may change places.
 * @param images [batch, height, width, channels]
 */
export function mixDistribution(images: tf.Tensor4D, { partners, fractions }: DistributionMix): tf.Tensor4D {
  return tf.tidy(() => {
    const own = tf.tensor4d(fractions, [fractions.length, 1, 1, 1]);
    const mean = tf.mean(images, [1, 2], true);
    const centred = tf.sub(images, mean);
    const deviation = tf.sqrt(tf.add(tf.mean(tf.square(centred), [1, 2], true), EPSILON));
    const blend = (statistic: tf.Tensor) =>
      tf.add(tf.mul(statistic, own), tf.mul(tf.gather(statistic, [...partners]), tf.sub(1, own)));
    return tf.add(tf.mul(tf.div(centred, deviation), blend(deviation)), blend(mean)) as tf.Tensor4D;
  });
}
