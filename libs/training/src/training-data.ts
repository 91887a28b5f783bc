import type { ImageSource } from '@winnow/contracts';
import type { SplitResult } from '@winnow/noise';

/** What a method knows of the noise: found by a split, never the truth. Rows follow the images. */
export type PoolSplit = Pick<SplitResult, 'kinds' | 'probabilities' | 'refinedLabels'>;

/**
 * All that a method may learn from: pictures with their given labels, and a split of them. It has no place for true
 * kinds, true labels or a test set, so no method can read them.
 */
export interface TrainingData {
  readonly images: ImageSource;
  readonly split: PoolSplit | null;
}
