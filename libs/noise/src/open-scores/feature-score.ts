import { WinnowError } from '@winnow/contracts';
import { checkFeatures } from '../check-features';
import { checkLogits } from '../check-logits';
import { requireImages } from '../require-images';
import type { FeaturePool, OpenScore } from './open-score';

/** A score that is fitted to the pool's features. */
export function featureScore(name: string, fit: (pool: FeaturePool) => (image: number) => number): OpenScore {
  return {
    name,
    needsFeatures: true,
    fit: (pool) => {
      checkLogits(pool.logits, pool.labels, pool.classCount);
      requireImages(pool.labels);
      if (pool.features === undefined || pool.features === null) {
        throw new WinnowError('MISSING_INPUT', `the open-set score ${name} needs the teacher's features`, {
          next: 'Take a score that reads logits only, or a teacher with pooled features.',
        });
      }
      checkFeatures(pool.features, pool.labels.length);
      return fit({ ...pool, features: pool.features });
    },
  };
}
