import type { ImageSource } from '@winnow/contracts';
import { openPixels } from '@winnow/shards';
import { isInMemory } from './is-in-memory';
import type { DrawnPictures, PictureDraw } from './picture-draw';
import { renderDraw, type RenderSettings } from './render-draw';
import { WorkerRenderer } from './worker-renderer';

/** Makes the pictures that draws ask for. */
export interface Renderer {
  /** Steps that are worth asking for before they are needed. */
  readonly ahead: number;
  /** @throws WinnowError as `renderDraw` */
  render(draws: readonly PictureDraw[]): Promise<readonly DrawnPictures[]>;
  /** Takes the memory of pictures that nobody will look at again. */
  recycle(drawn: readonly DrawnPictures[]): void;
  /** Frees files and threads; what is under way fails or is lost. */
  close(): Promise<void>;
}

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
