import { logitScore } from './logit-score';

/**
 * Minus the largest logit. Hendrycks et al., "Scaling Out-of-Distribution Detection for Real-World Settings", ICML 2022.
 */
export const maxLogit = logitScore(
  'max-logit',
  (row) => -row.reduce((most, logit) => Math.max(most, logit), -Infinity),
);
