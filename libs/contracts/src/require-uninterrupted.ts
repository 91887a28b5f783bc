import { WinnowError } from './winnow-error';
import type { WinnowErrorOptions } from './winnow-error';

/**
 * Between two steps of long work: goes on unless the person asked to stop.
 * @param message what was stopped
 * @throws WinnowError INTERRUPTED
 */
export function requireUninterrupted(
  signal: AbortSignal | undefined,
  message: string,
  options: WinnowErrorOptions = { next: 'Run the same command again.' },
): void {
  if (signal?.aborted === true) throw new WinnowError('INTERRUPTED', message, options);
}
