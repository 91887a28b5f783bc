import { logSumExp } from './log-sum-exp';
import { logitScore } from './logit-score';

/** Entropy of the class probabilities, nats: largest where the teacher spreads its belief evenly. */
export const entropy = logitScore('entropy', (row) => {
  const logTotal = logSumExp(row);
  return row.reduce((sum, logit) => sum - Math.exp(logit - logTotal) * (logit - logTotal), 0);
});
