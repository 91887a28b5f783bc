import { logSumExp } from './log-sum-exp';
import { logitScore } from './logit-score';

/** Free energy `-log sum exp z` at temperature 1. Liu et al., "Energy-based Out-of-distribution Detection", NeurIPS 2020. */
export const energy = logitScore('energy', (row) => -logSumExp(row));
