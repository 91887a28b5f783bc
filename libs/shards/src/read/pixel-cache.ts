import { open, rm, stat } from 'node:fs/promises';
import type { PixelStore } from '@winnow/contracts';
import { commitFile, temporaryPath, systemErrorCode } from '@winnow/files';
import { writeFailure } from '../io-failure';

/** What a file of pixels holds. */
export interface PixelCacheJob {
  readonly path: string;
  /** Of the build that the images are from: a file of another is written anew. */
  readonly digest: string;
  readonly count: number;
  /** Side of the images, pixels. */
  readonly size: number;
  /** RGB of images from..to-1, one after the other. */
  readonly decode: (from: number, to: number) => Promise<Uint8Array>;
  /** After each part; images written. */
  readonly onProgress?: (done: number) => void;
}

const HEADER_BYTES = 512;
/** Images decoded and written at once. */
const PART = 64;

/**
 * Makes sure that all images of a build are in one file of raw pixels behind a short header, for sets that memory
 * does not hold: a read by position then costs no decoding, and the page cache keeps what fits. The file is written
 * under a temporary name and appears complete or not at all; one that fits is left alone.
 * @throws WinnowError DISK_FULL, FILE_NOT_WRITABLE, and what `decode` throws
 */
export async function ensurePixelCache(job: PixelCacheJob): Promise<PixelStore> {
  const { path, size } = job;
  if (!(await isFitting(job))) {
    // Another command may be making the same file: each writes its own, and the last rename wins.
    const temporary = temporaryPath(`${path}.${process.pid}`);
    try {
      await writePixels(job, temporary);
      await commitFile(path, temporary);
    } catch (error) {
      await rm(temporary, { force: true });
      throw writeFailure(error, path);
    }
  }
  return { kind: 'file', path, size, offset: HEADER_BYTES };
}

async function writePixels({ decode, onProgress, ...job }: PixelCacheJob, temporary: string): Promise<void> {
  const file = await open(temporary, 'w');
  try {
    await file.appendFile(header(job));
    for (let from = 0; from < job.count; from += PART) {
      const to = Math.min(job.count, from + PART);
      await file.appendFile(await decode(from, to));
      onProgress?.(to);
    }
  } finally {
    await file.close();
  }
}

async function isFitting({ path, ...job }: PixelCacheJob): Promise<boolean> {
  const file = await open(path, 'r').catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw writeFailure(error, path);
  });
  if (file === null) return false;
  try {
    const { size } = await stat(path);
    if (size !== HEADER_BYTES + job.count * job.size * job.size * 3) return false;
    const found = Buffer.alloc(HEADER_BYTES);
    await file.read(found, 0, HEADER_BYTES, 0);
    return found.equals(header(job));
  } finally {
    await file.close();
  }
}

function header({ digest, count, size }: Omit<PixelCacheJob, 'path' | 'decode'>): Buffer {
  const text = JSON.stringify({ format: 'winnow-pixels-1', digest, count, size });
  return Buffer.from(text.padEnd(HEADER_BYTES));
}
