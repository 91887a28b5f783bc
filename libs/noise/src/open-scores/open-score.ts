import type { SplitFeatures, SplitInput } from '../split';

/** What an open-set score may look at; never the truth. A pool that a split takes will do. */
export type OpenScorePool = Pick<SplitInput, 'logits' | 'labels' | 'classCount' | 'features' | 'seed'>;

/** How far an image is from every known class. */
export interface OpenScore {
  readonly name: string;
  /** True where it cannot be computed from logits alone. */
  readonly needsFeatures: boolean;
  /**
   * @returns the score of the image at a place of the pool: larger = more open, on a scale of its own
   * @throws WinnowError SHAPE_MISMATCH, DATA_CORRUPT, or MISSING_INPUT for an empty pool and without needed features
   */
  readonly fit: (pool: OpenScorePool) => (image: number) => number;
}

/** A pool with features. */
export interface FeaturePool extends OpenScorePool {
  readonly features: SplitFeatures;
}
