import { availableParallelism } from 'node:os';
import type { ImageSource } from '@winnow/contracts';
import type { AugmentOptions } from '../augment/augment-options';
import type { Method } from '../method';

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
  const isInMemory = !('store' in images) || images.store.kind === 'memory';
  const { basis, randAugment, augMix, colorJitter, mixup, cutmix } = augment;
  const costs = [randAugment, augMix, colorJitter, mixup, cutmix].some((setting) => setting !== undefined);
  if (isInMemory && !costs && basis !== 'resized-crop' && method.ownViews !== true) return 0;
  return Math.max(1, Math.min(MOST_WORKERS, processors - 1));
}
