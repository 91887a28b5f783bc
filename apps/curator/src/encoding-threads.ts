import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { WinnowError } from '@winnow/contracts';
import { decodeOnThread } from '@winnow/imaging';
import type { SquareOptions } from '@winnow/imaging';
import { encodePicture } from './encode-picture';
import type { Encoding } from './encode-picture';
import type { EncodingAnswer, EncodingQuestion } from './encoding-messages';

/** Encodes pictures, several at once. */
export interface PictureEncoder {
  /**
   * @param original handed over: not to be used afterwards
   * @param where names the picture in errors
   * @throws WinnowError INTERNAL where the thread died, INTERRUPTED
   */
  encode(original: Uint8Array, where: string): Promise<Encoding>;
  close(): Promise<void>;
}

/** @param threads 0 encodes in this one */
export function openEncoder(settings: SquareOptions, threads: number, signal?: AbortSignal): PictureEncoder {
  const here = (original: Uint8Array): Promise<Encoding> => encodePicture(original, settings, signal);
  if (threads === 0) return { encode: here, close: () => Promise.resolve() };
  const others = new EncodingThreads(settings, threads);
  return {
    encode: (original, where) =>
      decodeOnThread(original, { onThread: () => others.encode(original, where), here: () => here(original) }, signal),
    close: () => others.close(),
  };
}

interface Waiting {
  readonly where: string;
  resolve(encoding: Encoding): void;
  reject(reason: Error): void;
}

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
  /** Why it no longer answers. */
  lost: unknown;
}

/** A picture goes to whichever thread has the fewest; the result does not depend on it. */
class EncodingThreads implements PictureEncoder {
  readonly #threads: readonly Thread[];
  #asked = 0;

  constructor(settings: SquareOptions, threads: number) {
    this.#threads = Array.from({ length: threads }, () => startThread(settings));
  }

  encode(original: Uint8Array, where: string): Promise<Encoding> {
    const thread = this.#threads.reduce((least, other) => (other.waiting.size < least.waiting.size ? other : least));
    if (thread.lost !== undefined) return Promise.reject(lostThread(where, thread.lost));
    const id = this.#asked;
    this.#asked += 1;
    return new Promise((resolve, reject) => {
      thread.waiting.set(id, { where, resolve, reject });
      thread.worker.postMessage({ id, original } satisfies EncodingQuestion, handedOver(original));
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }
}

function startThread(settings: SquareOptions): Thread {
  const worker = new Worker(path.join(__dirname, 'encoding-thread.js'), { workerData: settings });
  const thread: Thread = { worker, waiting: new Map(), lost: undefined };
  worker.on('message', (answer: EncodingAnswer) => {
    const waiting = thread.waiting.get(answer.id);
    thread.waiting.delete(answer.id);
    if ('encoding' in answer) waiting?.resolve(answer.encoding);
    else waiting?.reject(lostThread(waiting.where, answer.failure));
  });
  const fail = (cause: unknown): void => {
    thread.lost ??= cause;
    for (const { where, reject } of thread.waiting.values()) reject(lostThread(where, thread.lost));
    thread.waiting.clear();
  };
  worker.on('error', fail);
  worker.on('exit', (code) => fail(`exit code ${code}`));
  return thread;
}

/** Memory of which a picture is only a part belongs to others too: it is copied. */
function handedOver({ buffer, byteLength }: Uint8Array): ArrayBuffer[] {
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
}

function lostThread(where: string, cause: unknown): WinnowError {
  return new WinnowError('INTERNAL', 'a thread that encodes pictures failed', {
    where,
    next: 'Run the same command again, or with `build.workers: 1`.',
    cause,
  });
}
