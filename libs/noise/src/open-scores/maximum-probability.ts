import { argmaxRows } from '../argmax-rows';
import { classLogOdds } from '../class-log-odds';
import { sigmoid } from '../sigmoid';
import { logitScore } from './logit-score';

/**
 * One minus the largest class probability. Hendrycks and Gimpel, "A Baseline for Detecting Misclassified and
 * Out-of-Distribution Examples in Neural Networks", ICLR 2017.
 */
export const maximumProbability = logitScore('msp', (row) =>
  sigmoid(-classLogOdds(row, argmaxRows(row, row.length)[0] as number)),
);
