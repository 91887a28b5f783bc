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
 * Fits the label model of the split `winnow` to a pool and gives all that it says: the split, the posterior of every
 * class, and how likely each given label was. Memory: as much again as the logits.
 * @throws WinnowError SHAPE_MISMATCH, DATA_CORRUPT, or MISSING_INPUT for an empty pool
 */
export function fitLabelModel(input: SplitInput): LabelModelFit {
  const { posteriors, temperature } = fitWinnowSplit(input, WINNOW_SPLIT, true);
  const { detail } = posteriors as LabelPosteriors & { readonly detail: LabelDetail };
  return { split: splitOf(posteriors), temperature, ...detail };
}
