import type { ImageSource } from '@winnow/contracts';
import type { SplitResult } from '@winnow/noise';

/** What a method knows of the noise: found by a split, never the truth. Rows follow the images. */
export interface PoolSplit extends Pick<SplitResult, 'kinds' | 'probabilities' | 'refinedLabels'> {
  /** Classes that a person told, -1 elsewhere, [count]; absent where nobody told any. */
  readonly toldLabels?: Int32Array;
}

/**
 * All that a method may learn from: pictures with their given labels, and a split of them. It has no place for true
 * kinds, true labels or a test set, so no method can read them.
 */
export interface TrainingData {
  readonly images: ImageSource;
  readonly split: PoolSplit | null;
}
