import { availableParallelism } from 'node:os';

/** How images are spread over threads. */
export interface EncodingThreadsPlan {
  /** 0: encoded in the calling one. */
  readonly threads: number;
  /** Images that are read, encoded or wait to be written at once. */
  readonly atOnce: number;
}

const MAX_THREADS = 8;
/** A thread takes as long to start as some dozens of images to encode. */
const IMAGES_A_THREAD = 128;

/**
 * @param workers `build.workers`: 'auto' is one for each processor, at most 8, and none of their own for few images
 * @param images that are to be encoded
 * @param processors that may be used
 */
export function planEncodingThreads(
  workers: number | 'auto',
  images: number,
  processors = availableParallelism(),
): EncodingThreadsPlan {
  if (workers === 1) return { threads: 0, atOnce: 1 };
  if (workers !== 'auto') return { threads: images === 0 ? 0 : workers, atOnce: 2 * workers };
  const wanted = Math.min(MAX_THREADS, processors);
  const threads = wanted > 1 && images >= wanted * IMAGES_A_THREAD ? wanted : 0;
  return { threads, atOnce: threads > 0 ? 2 * threads : wanted };
}
