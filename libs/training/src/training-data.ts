import type { ImageSource } from '@winnow/contracts';
import type { SplitResult } from '@winnow/noise';
import type { LabelEvidence } from './label-evidence';

/** What a method knows of the noise: found by a split, never the truth. Rows follow the images. */
export type PoolSplit = Pick<SplitResult, 'kinds' | 'probabilities' | 'refinedLabels'>;

/**
 * All that a method may learn from: pictures with their given labels, a split of them, and what a person decided. It has
 * no place for other true kinds and labels or a test set, so no method can read them.
 */
export interface TrainingData {
  readonly images: ImageSource;
  readonly split: PoolSplit | null;
  /**
   * What a person decided that each image shows: a class, the number of classes for none of them, -1 where nobody decided,
   * [count]; absent where nobody decided anything.
   */
  readonly known?: Int32Array | undefined;
  /** What the crawl knows of the given labels; default: nothing. */
  readonly evidence?: LabelEvidence;
}
