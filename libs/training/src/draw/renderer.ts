import type { ImageSource } from '@winnow/contracts';
import { openPixels } from '@winnow/shards';
import { isInMemory } from './is-in-memory';
import type { DrawnPictures, Renderer } from './picture-draw';
import { renderDraw, type RenderSettings } from './render-draw';
import { WorkerRenderer } from './worker-renderer';

/**
 * @param workers threads that draw while the main one computes; 0: drawn on the main thread. The pictures are the same
 *   for any number of them.
 */
export function openRenderer(images: ImageSource, settings: RenderSettings, workers: number): Renderer {
  return workers === 0 ? localRenderer(images, settings) : new WorkerRenderer(images, settings, workers);
}

function localRenderer(images: ImageSource, settings: RenderSettings): Renderer {
  const reader = openPixels(images);
  return {
    // Reading and decoding go on in native threads; what JavaScript alone computes gains nothing by being early.
    ahead: isInMemory(images) ? 0 : 1,
    render: async (draws) => {
      const drawn: DrawnPictures[] = [];
      for (const draw of draws) drawn.push(await renderDraw(draw, reader, settings));
      return drawn;
    },
    recycle: () => undefined,
    close: () => reader.close(),
  };
}
