import type { Method, PoolCounts } from './method';
import type { MethodSettings } from './setting-rules';

/** Steps that a method makes in an epoch of a pool, before anything of it is prepared. @param batch views in a step */
export function stepsPerEpoch(
  method: Pick<Method, 'viewsOf' | 'imagesPerEpoch'>,
  pool: PoolCounts,
  { batch, settings }: { readonly batch: number; readonly settings: MethodSettings },
): number {
  const views = Math.min(method.viewsOf?.(settings) ?? 1, batch);
  const images = method.imagesPerEpoch?.(pool) ?? pool.count;
  return Math.max(1, Math.floor(images / Math.floor(batch / views)));
}
