import { constants } from 'node:buffer';
import path from 'node:path';
import { WinnowError } from '@winnow/contracts';
import type { ImageSource } from '@winnow/contracts';
import { ThreadPool } from '@winnow/files';
import type { DrawnImages, ImageDraw, Renderer } from './image-draw';
import type { RenderSettings } from './render-draw';
import { buffersOf } from './spare-memory';

/** What a drawing thread is started with. */
export interface WorkerStart {
  readonly images: ImageSource;
  readonly settings: RenderSettings;
}

export interface DrawRequest {
  readonly draws: readonly ImageDraw[];
  /** Memory to use again. */
  readonly spare: readonly SharedArrayBuffer[];
}

/** Draws in worker threads; nothing depends on which draws what. */
export class WorkerRenderer implements Renderer {
  readonly ahead: number;
  readonly #pool: ThreadPool<DrawRequest, readonly DrawnImages[]>;
  #spare: SharedArrayBuffer[] = [];

  constructor(images: ImageSource, settings: RenderSettings, workers: number) {
    // One step in hand and one under way for each thread.
    this.ahead = workers + 1;
    this.#pool = new ThreadPool({
      file: path.join(__dirname, 'drawing-thread.js'),
      threads: workers,
      workerData: { images: withoutNames(onSharedMemory(images)), settings } satisfies WorkerStart,
      toError: lostThread,
    });
  }

  render(draws: readonly ImageDraw[]): Promise<readonly DrawnImages[]> {
    const spare = this.#spare;
    this.#spare = [];
    return this.#pool.run({ draws, spare });
  }

  recycle(drawn: readonly DrawnImages[]): void {
    this.#spare.push(...buffersOf(drawn));
  }

  close(): Promise<void> {
    return this.#pool.close(new WinnowError('INTERRUPTED', 'the drawing threads were stopped'));
  }
}

/** Threads need neither names nor classes, and text is copied to each. */
function withoutNames(images: ImageSource): ImageSource {
  return { ...images, keys: [], classes: [] };
}

function lostThread(cause: unknown): WinnowError {
  return new WinnowError('INTERNAL', 'a thread that draws images ended', {
    where: 'train.workers',
    next: 'Run the same command again, or with `train.workers: 0`.',
    cause,
  });
}

/** What one array holds at most: 4 GiB on Node 20. */
export const MAX_SHARED_BYTES = constants.MAX_LENGTH;

/** Bytes for pixels that worker threads see without a copy. */
export function sharedPixels(length: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(length));
}

/** The same images where worker threads share them: copied once, unless they are there already. */
function onSharedMemory(images: ImageSource): ImageSource {
  if (!('store' in images)) return { ...images, pixels: shared(images.pixels) };
  if (images.store.kind !== 'memory') return images;
  return { ...images, store: { ...images.store, pixels: shared(images.store.pixels) } };
}

function shared(pixels: Uint8Array): Uint8Array {
  if (pixels.buffer instanceof SharedArrayBuffer) return pixels;
  const copy = sharedPixels(pixels.length);
  copy.set(pixels);
  return copy;
}
