import type { SeededRandom } from '@winnow/random';
import type { RetryPolicy } from '../jobs/harvest-options';

/**
 * Milliseconds to wait after a failed attempt: doubling, with jitter between half and all of it, so that many
 * clients do not come back at once. Drawn by URL and attempt: the same in every run.
 * @param attempt from 1
 */
export function backOffMillis(policy: RetryPolicy, random: SeededRandom, url: string, attempt: number): number {
  const full = policy.baseMillis * 2 ** (attempt - 1);
  return Math.round(full * (0.5 + random.fork('back-off', url, attempt).next() / 2));
}

const LATER_BASE_MILLIS = 15 * 60 * 1000;
const LATER_MAX_MILLIS = 7 * 24 * 3600 * 1000;

/** When a later run may try a URL again that failed for now. @param attempts made so far, all runs together */
export function laterTryMillis(attempts: number): number {
  return Math.min(LATER_BASE_MILLIS * 2 ** Math.min(attempts, 20), LATER_MAX_MILLIS);
}
