import { energy } from './energy';
import { entropy } from './entropy';
import { mahalanobis } from './mahalanobis';
import { maxLogit } from './max-logit';
import { maximumProbability } from './maximum-probability';
import { neighbourDistance } from './neighbour-distance';
import type { OpenScore } from './open-score';
import { rectifiedEnergy } from './rectified-energy';
import { virtualLogit } from './virtual-logit';

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
