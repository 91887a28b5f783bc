import type { LabelDetail, LabelPosteriors } from './label-model';
import type { SplitInput, SplitResult } from './split';
import { fitWinnowSplit, splitOf, WINNOW_SPLIT } from './winnow-split';

/** What the label model behind the split `winnow` says of a pool. */
export interface LabelModelFit extends LabelDetail {
  readonly split: SplitResult;
  /** Of the teacher's logits at which the labels are likeliest. */
  readonly temperature: number;
}

/**
 * Its gate starts from nothing: one that starts from doubts of the teacher takes a network that doubts less for a better one,
 * whatever the labels say.
 */
export const LABEL_MODEL = { ...WINNOW_SPLIT, start: { open: 0.05, wrong: 0.1 }, readsDoubt: false };

/**
 * Fits the label model of the split `winnow` to a pool and gives all that it says: the split, the posterior of every
 * class, and how likely each given label was. Memory: as much again as the logits.
 * @param heldOut 1 for images whose labels are judged and teach nothing, [count]; default: none
 * @throws WinnowError SHAPE_MISMATCH, DATA_CORRUPT, or MISSING_INPUT for an empty pool
 */
export function fitLabelModel(input: SplitInput, heldOut?: Uint8Array): LabelModelFit {
  const { posteriors, temperature } = fitWinnowSplit(input, LABEL_MODEL, {
    wantsDetail: true,
    ...(heldOut && { heldOut }),
  });
  const { detail } = posteriors as LabelPosteriors & { readonly detail: LabelDetail };
  return { split: splitOf(posteriors), temperature, ...detail };
}
