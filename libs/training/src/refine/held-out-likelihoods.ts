import { setImmediate } from 'node:timers/promises';
import { requireUninterrupted } from '@winnow/contracts';
import { fitLabelModel, type SplitInput } from '@winnow/noise';

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
