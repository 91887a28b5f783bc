import type { Dirent } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { compareText, WinnowError } from '@winnow/contracts';
import type { InputSpec, SquarePolicy } from '@winnow/contracts';
import { SeededRandom } from '@winnow/random';
import type { tf } from '@winnow/tensor';
import { inputTensor } from '@winnow/training';
import { decodeUserSquares } from './decode-user-images';

/** Images to try a teacher on. */
export interface CheckImages {
  readonly count: number;
  /** Side, pixels. */
  readonly size: number;
  /** RGB, [count, size, size, 3]. */
  readonly pixels: Uint8Array;
  readonly names: readonly string[];
  /** Folder of each, where it lay in a folder per class; else null. */
  readonly labels: readonly (string | null)[];
  /** How many there were; only the first of each folder are used. */
  readonly found: number;
}

/** A check looks at so many images, at most, unless it is told otherwise. */
const MAX_CHECKED = 64;
const RANDOM_COUNT = 4;

/** An image that was found, not opened yet. */
export interface FoundImage {
  /** Names it in errors. */
  readonly where: string;
  readonly name: string;
  /** Folder, where it lay in a folder per class; else null. */
  readonly label: string | null;
  read(): Promise<Uint8Array>;
}

/**
 * Loads image files, folders of them, and folders with a folder per class.
 * @throws WinnowError FILE_NOT_FOUND; FORMAT_INVALID where there are none; IMAGE_UNREADABLE naming
 *   those that cannot be used
 */
export async function loadCheckImages(
  locations: readonly string[],
  square: { readonly size: number; readonly resize: SquarePolicy; readonly maxCount?: number },
): Promise<CheckImages> {
  const found = await listCheckImages(locations);
  const used = firstOfEach(found, square.maxCount ?? MAX_CHECKED);
  const images = await squareImages(used, { ...square, source: locations.join(', ') });
  return { ...images, found: found.length };
}

/**
 * Finds image files, in folders and in folders with a folder per class too.
 * @throws WinnowError FILE_NOT_FOUND; FORMAT_INVALID where there are none
 */
export async function listCheckImages(locations: readonly string[]): Promise<readonly FoundImage[]> {
  const found = (await Promise.all(locations.map(listLocation))).flat();
  if (found.length === 0) {
    throw new WinnowError('FORMAT_INVALID', 'There are no images to check the teacher on', {
      where: locations.join(', '),
      next: 'Name image files, or a folder with one folder per class.',
    });
  }
  return found;
}

interface SquareOptions {
  readonly size: number;
  readonly resize: SquarePolicy;
  /** Where they come from, for an error about several. */
  readonly source: string;
  readonly signal?: AbortSignal;
}

/** Decodes images to squares. @throws WinnowError IMAGE_UNREADABLE naming those that cannot be used; INTERRUPTED */
export async function squareImages(used: readonly FoundImage[], options: SquareOptions): Promise<CheckImages> {
  const { size } = options;
  const pixels = new Uint8Array(used.length * size * size * 3);
  await decodeUserSquares(used, { ...options, pixels });
  return {
    count: used.length,
    size,
    pixels,
    names: used.map(({ name }) => name),
    labels: used.map(({ label }) => label),
    found: used.length,
  };
}

/** Some images, as a network's input takes them. */
export function checkInput(
  { pixels, size }: Pick<CheckImages, 'pixels' | 'size'>,
  { from, count }: { readonly from: number; readonly count: number },
  input: InputSpec,
): tf.Tensor4D {
  const length = size * size * 3;
  return inputTensor({ count, size, pixels: pixels.subarray(from * length, (from + count) * length) }, input);
}

/** Noise, always the same. */
export function randomImages(size: number): CheckImages {
  const random = new SeededRandom('teacher-check');
  const pixels = Uint8Array.from({ length: RANDOM_COUNT * size * size * 3 }, () => Math.floor(random.next() * 256));
  const names = Array.from({ length: RANDOM_COUNT }, (_, index) => `noise ${index + 1}`);
  return { count: RANDOM_COUNT, size, pixels, names, labels: names.map(() => null), found: RANDOM_COUNT };
}

async function listLocation(location: string): Promise<FoundImage[]> {
  const about = await stat(location).catch((cause: unknown) => {
    throw new WinnowError('FILE_NOT_FOUND', 'The images for the check cannot be found', {
      where: location,
      next: 'Check the path.',
      cause,
    });
  });
  if (!about.isDirectory()) return [foundFile(location, path.basename(location), null)];
  const found: FoundImage[] = [];
  for (const { name, kind } of await sortedEntries(location)) {
    const inner = path.join(location, name);
    if (kind === 'file') found.push(foundFile(inner, name, null));
    if (kind !== 'folder') continue;
    for (const one of await sortedEntries(inner)) {
      if (one.kind !== 'file') continue;
      found.push(foundFile(path.join(inner, one.name), `${name}/${one.name}`, name));
    }
  }
  return found;
}

function foundFile(file: string, name: string, label: string | null): FoundImage {
  return { where: file, name, label, read: () => readFile(file) };
}

interface Entry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'other';
}

async function sortedEntries(folder: string): Promise<Entry[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new WinnowError('FILE_NOT_FOUND', 'A folder of images for the check cannot be read', {
      where: folder,
      next: 'Make it readable, or name other images.',
      cause,
    });
  });
  const shown = entries.filter(({ name }) => !name.startsWith('.')).sort((a, b) => compareText(a.name, b.name));
  return Promise.all(
    shown.map(async (entry) => ({ name: entry.name, kind: await kindOf(entry, path.join(folder, entry.name)) })),
  );
}

/** Links are what they lead to. One that leads nowhere counts as an image, so that it is named if it is to be used. */
async function kindOf(entry: Dirent, file: string): Promise<Entry['kind']> {
  const about = entry.isFile() || entry.isDirectory() ? entry : await stat(file).catch(() => null);
  if (about === null || about.isFile()) return 'file';
  return about.isDirectory() ? 'folder' : 'other';
}

/** As many of each folder, so that no class is left out for another. */
export function firstOfEach(found: readonly FoundImage[], maxCount: number): readonly FoundImage[] {
  const locations = new Map<string | null, number>();
  const ranked = found.map((one) => {
    const rank = locations.get(one.label) ?? 0;
    locations.set(one.label, rank + 1);
    return { one, rank };
  });
  const limit = [...ranked].sort((a, b) => a.rank - b.rank).slice(0, maxCount);
  const kept = new Set(limit.map(({ one }) => one));
  return found.filter((one) => kept.has(one));
}
