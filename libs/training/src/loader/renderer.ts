import { availableParallelism } from 'node:os';
import type { ImageSource } from '@winnow/contracts';
import { openPixels } from '@winnow/shards';
import { isMoveOnly } from '../augment/augment-options';
import type { AugmentOptions } from '../augment/augment-options';
import type { Method } from '../method';
import type { DrawnImages, Renderer } from './image-draw';
import { renderDraw } from './render-draw';
import type { RenderSettings } from './render-draw';
import { buffersOf, SpareMemory } from './spare-memory';
import { WorkerRenderer } from './worker-renderer';

/**
 * @param workers threads that draw while the main one computes; 0: drawn on the main thread. The images are the same
 *   for any number of them.
 */
export function openRenderer(images: ImageSource, settings: RenderSettings, workers: number): Renderer {
  return workers === 0 ? localRenderer(images, settings) : new WorkerRenderer(images, settings, workers);
}

function localRenderer(images: ImageSource, settings: RenderSettings): Renderer {
  const reader = openPixels(images);
  const memory = new SpareMemory();
  return {
    // Reading and decoding go on in native threads; what JavaScript alone computes gains nothing by being early.
    ahead: isInMemory(images) ? 0 : 1,
    render: async (draws) => {
      const drawn: DrawnImages[] = [];
      for (const draw of draws) drawn.push(await renderDraw(draw, reader, settings, (bytes) => memory.take(bytes)));
      return drawn;
    },
    recycle(drawn) {
      const buffers = buffersOf(drawn);
      memory.give(buffers);
      memory.keep(buffers.length);
    },
    close: () => reader.close(),
  };
}

/** Whether reading an image is copying bytes. */
function isInMemory(images: ImageSource): boolean {
  return !('store' in images) || images.store.kind === 'memory';
}

/** More threads than this draw faster than a network on the same machine learns. */
const MAX_WORKERS = 4;

/**
 * Drawing threads for a run: none where images are in memory and all views are copies of bytes, else all processors but
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
  return Math.max(1, Math.min(MAX_WORKERS, processors - 1));
}
