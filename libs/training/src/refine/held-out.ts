import { setImmediate } from 'node:timers/promises';
import { requireUninterrupted } from '@winnow/contracts';
import { fitLabelModel } from '@winnow/noise';
import type { SplitInput } from '@winnow/noise';

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

/** Between two fits: lets signals in, which a fit keeps waiting. @throws WinnowError INTERRUPTED after an abort */
export async function betweenFits(signal: AbortSignal | undefined): Promise<void> {
  await setImmediate();
  requireUninterrupted(signal, 'The refinement of the teacher was stopped');
}

/** Of which labels a likelihood is asked. */
export interface HeldOutFolds {
  /** Rows of each fold, at least two; every row in one of them. */
  readonly folds: readonly Int32Array[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * Log-likelihood of each given label under a label model that was fitted to the labels of all other folds, nats, [count].
 * @throws WinnowError as fitLabelModel; INTERRUPTED
 */
export async function heldOutLikelihoods(input: SplitInput, { folds, signal }: HeldOutFolds): Promise<Float64Array> {
  const likelihoods = new Float64Array(input.labels.length);
  for (const rows of folds) {
    await betweenFits(signal);
    const heldOut = new Uint8Array(likelihoods.length);
    for (const row of rows) heldOut[row] = 1;
    const { labelLogLikelihoods } = fitLabelModel(input, heldOut);
    for (const row of rows) likelihoods[row] = labelLogLikelihoods[row] as number;
  }
  return likelihoods;
}
