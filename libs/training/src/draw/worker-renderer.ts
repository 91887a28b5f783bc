import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { type ImageSource, WinnowError } from '@winnow/contracts';
import type { DrawnPictures, PictureDraw, Renderer } from './picture-draw';
import type { RenderSettings } from './render-draw';
import { onSharedMemory } from './shared-pixels';
import { buffersOf, type DrawAnswer, type DrawFailure, type DrawQuestion, type WorkerStart } from './worker-messages';

interface Waiting {
  readonly resolve: (drawn: readonly DrawnPictures[]) => void;
  readonly reject: (reason: Error) => void;
}

/** Draws in worker threads. Which of them draws a step depends on its number only, and nothing on which draws it. */
export class WorkerRenderer implements Renderer {
  readonly ahead: number;
  readonly #threads: readonly Worker[];
  readonly #waiting = new Map<number, Waiting>();
  #spare: ArrayBuffer[] = [];
  #asked = 0;
  #broken: Error | null = null;

  constructor(images: ImageSource, settings: RenderSettings, workers: number) {
    const start: WorkerStart = { images: withoutNames(onSharedMemory(images)), settings };
    // One step in hand and one under way for each thread.
    this.ahead = workers + 1;
    this.#threads = Array.from({ length: workers }, () => this.#startThread(start));
  }

  render(draws: readonly PictureDraw[]): Promise<readonly DrawnPictures[]> {
    if (this.#broken) return Promise.reject(this.#broken);
    const id = this.#asked;
    this.#asked += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      const thread = this.#threads[id % this.#threads.length] as Worker;
      thread.postMessage({ id, draws, spare: this.#spare } satisfies DrawQuestion, this.#spare);
      this.#spare = [];
    });
  }

  recycle(drawn: readonly DrawnPictures[]): void {
    this.#spare.push(...buffersOf(drawn));
  }

  async close(): Promise<void> {
    this.#fail(new WinnowError('INTERRUPTED', 'the drawing threads were stopped'));
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }

  #startThread(start: WorkerStart): Worker {
    const thread = new Worker(path.join(__dirname, 'drawing-thread.js'), { workerData: start });
    thread.on('message', (answer: DrawAnswer) => this.#receive(answer));
    thread.on('error', (cause) => this.#fail(lostThread(cause)));
    thread.on('exit', () => this.#fail(lostThread()));
    return thread;
  }

  #receive(answer: DrawAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('drawn' in answer) waiting?.resolve(answer.drawn);
    else waiting?.reject(toError(answer.failure));
  }

  /** Every draw under way, and every later one, ends with the first reason. */
  #fail(reason: Error): void {
    this.#broken ??= reason;
    for (const { reject } of this.#waiting.values()) reject(this.#broken);
    this.#waiting.clear();
  }
}

/** Threads need neither names nor classes, and text is copied to each. */
function withoutNames(images: ImageSource): ImageSource {
  return { ...images, keys: [], classes: [] };
}

function lostThread(cause?: unknown): WinnowError {
  return new WinnowError('INTERNAL', 'a thread that draws pictures ended', {
    where: 'train.workers',
    next: 'Run the same command again, or with `train.workers: 0`.',
    ...(cause === undefined ? {} : { cause }),
  });
}

function toError({ code, message, where, next }: DrawFailure): Error {
  if (code === null) return lostThread(message);
  return new WinnowError(code, message, {
    ...(where === undefined ? {} : { where }),
    ...(next === undefined ? {} : { next }),
  });
}
