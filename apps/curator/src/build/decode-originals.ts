import { requireUninterrupted, WinnowError, withProgress, type ProgressTask } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import { listUndecodedImages, saveImageFacts } from '@winnow/db';
import type { Database, ImageFacts } from '@winnow/db';
import { analyseImage, DECODE_LIMITS, decodeImage } from '@winnow/imaging';
import type { RgbImage } from '@winnow/imaging';
import type { BlobStore } from '@winnow/store';

/** Decoded in parallel, a thread each. */
const AT_ONCE = 4;
/** Facts stored in one transaction. */
const BATCH = 128;

export interface DecodeOriginalsOptions {
  readonly db: Database;
  readonly project: string;
  readonly originals: BlobStore;
  readonly io: Pick<CommandIo, 'progress' | 'signal'>;
}

/**
 * Decodes every original of which digests, PDQ hash or measures are not stored yet: those of crawls that did not take
 * them.
 * What was stored is never computed again.
 * @returns how many were decoded
 * @throws WinnowError DATA_CORRUPT when an indexed original is missing or was changed, INTERRUPTED
 */
export async function decodeOriginals(options: DecodeOriginalsOptions): Promise<number> {
  const digests = await listUndecodedImages(options.db, options.project);
  if (digests.length === 0) return 0;
  const shown = { label: 'decode', total: digests.length, unit: 'images' };
  await withProgress(options.io.progress, shown, (task) => decodeAll(digests, options, task));
  return digests.length;
}

async function decodeAll(
  digests: readonly string[],
  options: DecodeOriginalsOptions,
  task: ProgressTask,
): Promise<void> {
  for (let from = 0; from < digests.length; from += BATCH) {
    requireUninterrupted(options.io.signal, 'Stopped while decoding', {
      next: 'Run the same command again; it goes on from here.',
    });
    const batch = digests.slice(from, from + BATCH);
    const facts: ImageFacts[] = [];
    for (let start = 0; start < batch.length; start += AT_ONCE) {
      const part = batch.slice(start, start + AT_ONCE);
      facts.push(...(await Promise.all(part.map((sha256) => factsOf(sha256, options)))));
    }
    await saveImageFacts(options.db, facts);
    task.update(from + batch.length);
  }
}

async function factsOf(sha256: string, { originals, io }: DecodeOriginalsOptions): Promise<ImageFacts> {
  const analysis = await analyseImage(await originals.require(sha256), DECODE_LIMITS, io.signal);
  if (!analysis.ok) return { sha256, decodeOutcome: analysis.outcome };
  const { pixelSha256, pdq, pdqQuality, measures, width, height, descriptor } = analysis;
  return { sha256, pixelSha256, pdq, pdqQuality, measures, width, height, descriptor };
}

/** Pixels of an original that was decoded before. @throws WinnowError DATA_CORRUPT when it is gone or another; INTERRUPTED */
export async function decodeOriginal(originals: BlobStore, sha256: string, signal?: AbortSignal): Promise<RgbImage> {
  const decoded = await decodeImage(await originals.require(sha256), DECODE_LIMITS, signal);
  if (decoded.ok) return decoded.image;
  throw unreadableAfterAll(originals, sha256, decoded.detail);
}

/** What is wrong when an original of which facts are stored cannot be decoded. */
export function unreadableAfterAll(originals: BlobStore, sha256: string, detail: string): WinnowError {
  return new WinnowError('DATA_CORRUPT', `An original that could be decoded before no longer can: ${detail}`, {
    where: originals.placeOf(sha256),
    next: 'Restore the file, or crawl into a new project folder.',
  });
}
