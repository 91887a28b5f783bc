import path from 'node:path';
import { requireUninterrupted, WinnowError } from '@winnow/contracts';
import type { ImageSet, ResizePolicy } from '@winnow/contracts';
import { listLabelledFiles } from '@winnow/shards';
import { MOST_SHARED_BYTES, sharedPixels } from '@winnow/training';
import { decodeOwnSquare } from './decode-own-square';

const AT_ONCE = 8;

/**
 * Loads pictures that a person labelled: a folder with one folder per class, or a tar whose members are CLASS/NAME.
 * @param classes the class list; a folder of another name is an error, a class without pictures is allowed
 * @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID, also where they would not fit into memory; IMAGE_UNREADABLE naming
 *   the file; INTERRUPTED
 */
export async function loadLabelledPictures(
  source: string,
  classes: readonly string[],
  { size, resize, signal }: { readonly size: number; readonly resize: ResizePolicy; readonly signal: AbortSignal },
): Promise<ImageSet> {
  const files = await listLabelledFiles(source);
  const unknown = files.find(({ className }) => !classes.includes(className));
  if (unknown !== undefined) {
    throw new WinnowError('FORMAT_INVALID', `"${unknown.className}" is none of the classes`, {
      where: path.join(source, unknown.key),
      next: `Folders must be named as the classes are: ${classes.slice(0, 20).join(', ')}.`,
    });
  }
  const bytesPerImage = size * size * 3;
  requireRoom(files.length * bytesPerImage, source);
  const pixels = sharedPixels(files.length * bytesPerImage);
  for (let from = 0; from < files.length; from += AT_ONCE) {
    requireUninterrupted(signal, `Stopped after reading ${from} of ${files.length} labelled pictures`);
    await Promise.all(
      files.slice(from, from + AT_ONCE).map(async (file, index) => {
        const where = path.join(source, file.key);
        const data = await decodeOwnSquare(await file.read(), { size, resize, where });
        pixels.set(data, (from + index) * bytesPerImage);
      }),
    );
  }
  return {
    count: files.length,
    size,
    pixels,
    keys: files.map(({ key }) => key),
    labels: Int32Array.from(files, ({ className }) => classes.indexOf(className)),
    classes,
  };
}

function requireRoom(bytes: number, where: string): void {
  if (bytes <= MOST_SHARED_BYTES) return;
  const gigabytes = (value: number): string => (value / 1e9).toFixed(1);
  throw new WinnowError('FORMAT_INVALID', `These labelled pictures would take ${gigabytes(bytes)} GB of memory`, {
    where,
    next: `Name fewer of them, or a smaller size: at most ${gigabytes(MOST_SHARED_BYTES)} GB, as one array.`,
  });
}

/** The class names that a source of labelled pictures holds, sorted. */
export async function listClassNames(source: string): Promise<readonly string[]> {
  return [...new Set((await listLabelledFiles(source)).map(({ className }) => className))].sort();
}
