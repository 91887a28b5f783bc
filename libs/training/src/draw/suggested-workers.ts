import { availableParallelism } from 'node:os';
import type { ImageSource } from '@winnow/contracts';
import type { AugmentOptions } from '../augment/augment-options';
import { isMoveOnly } from '../augment/is-move-only';
import type { Method } from '../method';
import { isInMemory } from './is-in-memory';

/** More threads than this draw faster than a network on the same machine learns. */
const MOST_WORKERS = 4;

/**
 * Drawing threads for a run: none where pictures are in memory and all views are copies of bytes, else all processors but
 * one, up to four. The result does not depend on it.
 */
export function suggestedWorkers(
  {
    method,
    augment,
    images,
  }: { readonly method: Pick<Method, 'ownViews'>; readonly augment: AugmentOptions; readonly images: ImageSource },
  processors: number = availableParallelism(),
): number {
  if (isInMemory(images) && isMoveOnly(augment) && method.ownViews !== true) return 0;
  return Math.max(1, Math.min(MOST_WORKERS, processors - 1));
}
