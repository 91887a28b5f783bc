/** What a split may look at; never the truth. */
export interface SplitInput {
  /**
   * Of the frozen teacher on un-augmented images (FLIPPED_SPLITS: the mean with their mirror images), [count,
   * classCount], row-major.
   */
  readonly logits: Float32Array;
  /** Given labels, [count]. */
  readonly labels: Int32Array;
  readonly classCount: number;
  /** The teacher's pooled features of the same images; null where it has none. */
  readonly features?: SplitFeatures | null;
  /**
   * Log-odds that an image is of a class that the teacher knows and the project does not, by softmax over all that it
   * knows, [count]; null where it knows no more.
   */
  readonly outside?: Float32Array | null | undefined;
  /**
   * Labels of the other classes under which copies of an image were found, [count]; empty for most. Whoever listed
   * the copies disagreed about the label: evidence of noise that needs no teacher.
   */
  readonly otherLabels?: readonly (readonly number[])[];
  /** Best place of each image in a list of results, from 0; NaN where it is not known, [count]. */
  readonly ranks?: Float32Array;
  /** Search engines that gave each image for its label, [count]. */
  readonly engineCounts?: Uint8Array;
  /**
   * What a person decided that each image shows: a class, `classCount` for none of them, -1 where nobody decided,
   * [count]. Splits that do not learn from it (REFITTED_SPLITS) pass it over.
   */
  readonly known?: Int32Array | undefined;
  readonly seed: number | string;
}

export interface SplitFeatures {
  /** [count, dim], row-major */
  readonly values: Float32Array;
  readonly dim: number;
}

/** What a split says of every image of the pool. */
export interface SplitResult {
  /** Index into NOISE_KINDS: 0 clean, 1 closed, 2 open, [count]. */
  readonly kinds: Uint8Array;
  /** Posterior of the three kinds, [count, 3], row-major, rows sum to 1. */
  readonly probabilities: Float32Array;
  /** What to take in place of the given label where it is closed; of other images it says nothing, [count]. */
  readonly refinedLabels: Int32Array;
  /** The quantity that the split cuts, 0..1, low = the label looks right, [count]. */
  readonly score: Float32Array;
}

export type Split = (input: SplitInput) => SplitResult;
