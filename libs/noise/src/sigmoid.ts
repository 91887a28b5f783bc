/** `1 / (1 + exp(-x))`; the probability that belongs to log-odds. Never NaN for a number. */
export function sigmoid(logOdds: number): number {
  return logOdds >= 0 ? 1 / (1 + Math.exp(-logOdds)) : Math.exp(logOdds) / (1 + Math.exp(logOdds));
}
