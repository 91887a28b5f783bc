import { availableParallelism } from 'node:os';
import type { ProjectConfig } from '@winnow/config';
import type { JsonValue } from '@winnow/contracts';
import { stableJson } from '@winnow/files';
import type { SquareOptions } from '@winnow/imaging';
import { DECODE_LIMITS } from '../build/decode-originals';

/** How a project's images are encoded. */
export function encodingSettings({ build }: Pick<ProjectConfig, 'build'>): SquareOptions {
  const { size, resize: policy, quality, format } = build;
  return { size, policy, quality, format, maxPixels: DECODE_LIMITS.maxPixels };
}

/**
 * Everything that encoded bytes follow from beside the original, as text: data sets that agree in it hold the same
 * bytes of the same original.
 * @param config of dataset.json
 * @param createdBy of dataset.json
 * @returns null where the data set does not say
 */
export function encodingIdentity(config: JsonValue, createdBy: string): string | null {
  const { build, imaging } = asObject(config);
  const { size, resize, format, quality } = asObject(build);
  const parts = [size, resize, format, quality, imaging];
  return parts.includes(undefined) ? null : stableJson([createdBy, ...parts]);
}

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
 * @param processors that may be used
 */
export function planEncodingThreads(
  workers: number | 'auto',
  images: number,
  processors = availableParallelism(),
): EncodingThreadsPlan {
  if (workers === 1) return { threads: 0, atOnce: 1 };
  if (workers !== 'auto') return { threads: workers, atOnce: 2 * workers };
  const wanted = Math.min(MAX_THREADS, processors);
  const threads = wanted > 1 && images >= wanted * IMAGES_A_THREAD ? wanted : 0;
  return { threads, atOnce: threads > 0 ? 2 * threads : wanted };
}

function asObject(value: JsonValue | undefined): Readonly<Record<string, JsonValue | undefined>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, JsonValue>>)
    : {};
}
