import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { requireUninterrupted, WinnowError, withProgress } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import { analyseImage, DEFAULT_IMAGE_LIMITS } from '@winnow/imaging';
import { streamTar } from '@winnow/shards';
import { startBenchWebProcess } from '../web/bench-web-process';

/** Pictures without structure have hashes that say nothing. */
const LEAST_QUALITY = 50;
const MAX_PICTURE_BYTES = 50e6;

/**
 * PDQ hashes of pictures with structure, in the order of their names; what is no picture is passed over.
 * @param source folder or tar; null: drawn pictures
 * @param drawn folder of the drawn pictures, kept
 * @param most pictures that are read
 * @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID, INTERRUPTED
 */
export async function imageHashes(
  { source, drawn, most }: { readonly source: string | null; readonly drawn: string; readonly most: number },
  io: Pick<CommandIo, 'progress' | 'signal'>,
): Promise<string[]> {
  if (source === null) await (await startBenchWebProcess({ folder: drawn, images: most }, io)).stop();
  const hashes: string[] = [];
  const shown = { label: 'hash pictures', total: most, unit: 'pictures' };
  await withProgress(io.progress, shown, async (task) => {
    let read = 0;
    for await (const bytes of picturesIn(source ?? drawn)) {
      requireUninterrupted(io.signal, 'The benchmark was stopped', { next: 'Run it again.' });
      const facts = await analyseImage(bytes, DEFAULT_IMAGE_LIMITS);
      if ('pdq' in facts && facts.pdqQuality >= LEAST_QUALITY) hashes.push(facts.pdq);
      task.update((read += 1));
      if (read === most) break;
    }
  });
  if (hashes.length > 0) return hashes;
  throw new WinnowError('FILE_NOT_FOUND', 'There are no pictures with structure', {
    where: source ?? drawn,
    next: 'Name a folder or tar of photographs.',
  });
}

async function* picturesIn(source: string): AsyncGenerator<Uint8Array> {
  const there = await stat(source).catch((cause: unknown) => {
    throw new WinnowError('FILE_NOT_FOUND', 'There are no pictures', { where: source, next: 'Check the path.', cause });
  });
  if (!there.isDirectory()) {
    for await (const { bytes } of streamTar(source, { maxBytes: MAX_PICTURE_BYTES })) if (bytes !== null) yield bytes;
    return;
  }
  const entries = await readdir(source, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => path.join(parentPath, name));
  for (const file of files.sort((a, b) => (a < b ? -1 : 1))) yield await readFile(file);
}
