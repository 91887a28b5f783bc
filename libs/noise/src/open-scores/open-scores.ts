import { mahalanobis, neighbourDistance, rectifiedEnergy, virtualLogit } from './feature-scores';
import { energy, entropy, maximumProbability, maxLogit } from './logit-scores';
import type { OpenScore } from './open-score';

/** Open-set scores by name; to add one, add a line. */
export const OPEN_SCORES = {
  msp: maximumProbability,
  'max-logit': maxLogit,
  energy,
  entropy,
  knn: neighbourDistance,
  mahalanobis,
  react: rectifiedEnergy,
  vim: virtualLogit,
} as const satisfies Record<string, OpenScore>;

export type OpenScoreName = keyof typeof OPEN_SCORES;
