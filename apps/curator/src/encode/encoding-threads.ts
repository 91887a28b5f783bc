import path from 'node:path';
import { WinnowError } from '@winnow/contracts';
import { ThreadPool } from '@winnow/files';
import { decodeOnThread } from '@winnow/imaging';
import type { SquareOptions } from '@winnow/imaging';
import { encodeImage } from './encode-image';
import type { Encoding } from './encode-image';

/** Encodes images, several at once. */
export interface ImageEncoder {
  /**
   * @param original handed over: not to be used afterwards
   * @param where names the image in errors
   * @throws WinnowError INTERNAL where the thread died, INTERRUPTED
   */
  encode(original: Uint8Array, where: string): Promise<Encoding>;
  close(): Promise<void>;
}

/** @param threads 0 encodes in this one */
export function openEncoder(settings: SquareOptions, threads: number, signal?: AbortSignal): ImageEncoder {
  const here = (original: Uint8Array): Promise<Encoding> => encodeImage(original, settings, signal);
  if (threads === 0) return { encode: here, close: () => Promise.resolve() };
  const file = path.join(__dirname, 'encoding-thread.js');
  const pool = new ThreadPool<Uint8Array, Encoding>({ file, threads, workerData: settings });
  const there = (original: Uint8Array, where: string): Promise<Encoding> =>
    pool.run(original, handedOver(original)).catch((cause: unknown) => Promise.reject(lostThread(where, cause)));
  return {
    encode: (original, where) =>
      decodeOnThread(original, { onThread: () => there(original, where), here: () => here(original) }, signal),
    close: () => pool.close(new Error('the threads were ended')),
  };
}

/** Memory of which an image is only a part belongs to others too: it is copied. */
function handedOver({ buffer, byteLength }: Uint8Array): ArrayBuffer[] {
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
}

function lostThread(where: string, cause: unknown): WinnowError {
  return new WinnowError('INTERNAL', 'a thread that encodes images failed', {
    where,
    next: 'Run the same command again, or with `build.workers: 1`.',
    cause,
  });
}
