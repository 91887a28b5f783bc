import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { requireUninterrupted, WinnowError, withProgress } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import type { HeldOutItem } from '@winnow/dedup';
import { stableJson, writeFileAtomic } from '@winnow/files';
import { analyseImage, DECODE_LIMITS, imagingVersions } from '@winnow/imaging';
import { digestLabelledFiles, listLabelledFiles } from '@winnow/shards';
import type { LabelledFile } from '@winnow/shards';

/** A test image, as far as matching needs it. `id` is CLASS/NAME. */
interface HeldOutImage extends HeldOutItem {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** The images of one source that no data set may hold. */
export interface HeldOutSet {
  /** Over names and bytes of all images, 64 hex digits. */
  readonly digest: string;
  /** Sorted by id. */
  readonly images: readonly HeldOutImage[];
  /** The file. */
  readonly read: (id: string) => Promise<Uint8Array>;
}

export interface HeldOutOptions {
  /** What `listLabelledFiles` reads. */
  readonly source: string;
  /** What was measured is kept here: the same images are measured once. */
  readonly cacheDir: string;
  readonly io: Pick<CommandIo, 'progress' | 'signal'>;
}

/** Decoded in parallel, a thread each. */
const AT_ONCE = 4;

/**
 * Measures the test images, to find copies of them among the originals.
 * @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID, IMAGE_UNREADABLE naming the file, DATA_CORRUPT, INTERRUPTED
 */
export async function loadHeldOut({ source, cacheDir, io }: HeldOutOptions): Promise<HeldOutSet> {
  const files = await listLabelledFiles(source);
  const byId = new Map(files.map((file) => [file.key, file]));
  const digest = await digestLabelledFiles(files);
  const cache = path.join(cacheDir, cacheName(digest));
  const known = await readCache(cache, files.length);
  const images = known ?? (await measureAll(files, source, io));
  if (known === null) {
    await mkdir(cacheDir, { recursive: true });
    await writeFileAtomic(cache, `${stableJson(images)}\n`);
  }
  return {
    digest,
    images,
    read(id) {
      const file = byId.get(id);
      if (file === undefined) throw new WinnowError('INTERNAL', `no test image ${id}`, { where: source });
      return file.read();
    },
  };
}

/** Name of the file in which what was measured of a source is kept. @throws WinnowError as loadHeldOut does */
export async function heldOutCacheName(source: string): Promise<string> {
  return cacheName(await digestLabelledFiles(await listLabelledFiles(source)));
}

/** Digest and hash of an image depend on the decoder. */
function cacheName(digest: string): string {
  return `${sha256Of(stableJson({ digest, ...imagingVersions() })).slice(0, 16)}.json`;
}

async function measureAll(
  files: readonly LabelledFile[],
  source: string,
  io: HeldOutOptions['io'],
): Promise<readonly HeldOutImage[]> {
  const images: HeldOutImage[] = [];
  const shown = { label: 'read test images', total: files.length, unit: 'images' };
  await withProgress(io.progress, shown, async (task) => {
    for (let from = 0; from < files.length; from += AT_ONCE) {
      requireUninterrupted(io.signal, 'Stopped while reading the test images');
      images.push(
        ...(await Promise.all(files.slice(from, from + AT_ONCE).map((file) => measure(file, source, io.signal)))),
      );
      task.update(images.length);
    }
  });
  return images;
}

async function measure(file: LabelledFile, source: string, signal: AbortSignal): Promise<HeldOutImage> {
  const bytes = await file.read();
  const analysis = await analyseImage(bytes, DECODE_LIMITS, signal);
  if (!analysis.ok) {
    throw new WinnowError('IMAGE_UNREADABLE', `A test image cannot be used: ${analysis.detail}`, {
      where: path.join(source, file.key),
      next: 'Remove or replace it.',
    });
  }
  const { pixelSha256: pixelSha, pdq, pdqQuality, width, height } = analysis;
  return { id: file.key, bytesSha: sha256Of(bytes), pixelSha, pdq, pdqQuality, width, height };
}

/** Null where it is not there or not whole. */
async function readCache(file: string, count: number): Promise<readonly HeldOutImage[] | null> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return Array.isArray(value) && value.length === count ? (value as HeldOutImage[]) : null;
  } catch {
    return null;
  }
}

function sha256Of(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
