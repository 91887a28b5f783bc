/** Gain of label likelihood, by images that did not teach what is compared; nats an image. */
export interface LikelihoodGain {
  readonly mean: number;
  /** Of the mean: images are drawn by chance. */
  readonly standardError: number;
}

/** How many standard errors a gain must be above nothing before it is believed: several fractions are tried. */
const MIN_STANDARD_ERRORS = 3;

/** Of log-likelihoods over others of the same images. */
export function likelihoodGain(after: Float64Array, before: Float64Array): LikelihoodGain {
  const gains = after.map((value, row) => value - (before[row] as number));
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
  const squares = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / Math.max(1, gains.length - 1) / gains.length) };
}

/** Whether it is more than chance. */
export function isBelieved({ mean, standardError }: LikelihoodGain): boolean {
  return mean > MIN_STANDARD_ERRORS * standardError;
}
