import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { WinnowError } from '@winnow/contracts';
import type { InputSpec, ResizePolicy } from '@winnow/contracts';
import { SeededRandom } from '@winnow/random';
import type { tf } from '@winnow/tensor';
import { inputTensor } from '@winnow/training';
import { decodeOwnSquare } from './decode-own-square';

/** Pictures to try a teacher on. */
export interface CheckPictures {
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

/** A check looks at so many pictures, at most. */
const MOST_CHECKED = 64;
const RANDOM_COUNT = 4;

interface Found {
  readonly file: string;
  readonly name: string;
  readonly label: string | null;
}

/**
 * Loads picture files, folders of them, and folders with a folder per class.
 * @throws WinnowError FILE_NOT_FOUND; FORMAT_INVALID where there are none; IMAGE_UNREADABLE naming the file
 */
export async function loadCheckPictures(
  places: readonly string[],
  { size, resize }: { readonly size: number; readonly resize: ResizePolicy },
): Promise<CheckPictures> {
  const found = (await Promise.all(places.map(listPlace))).flat();
  if (found.length === 0) {
    throw new WinnowError('FORMAT_INVALID', 'There are no pictures to check the teacher on', {
      where: places.join(', '),
      next: 'Name picture files, or a folder with one folder per class.',
    });
  }
  const used = firstOfEach(found);
  const pixels = new Uint8Array(used.length * size * size * 3);
  for (const [index, { file }] of used.entries()) {
    const data = await decodeOwnSquare(await readFile(file), { size, resize, where: file });
    pixels.set(data, index * size * size * 3);
  }
  return {
    count: used.length,
    size,
    pixels,
    names: used.map(({ name }) => name),
    labels: used.map(({ label }) => label),
    found: found.length,
  };
}

/** Some pictures, as a network's input takes them. */
export function checkInput(
  { pixels, size }: Pick<CheckPictures, 'pixels' | 'size'>,
  { from, count }: { readonly from: number; readonly count: number },
  input: InputSpec,
): tf.Tensor4D {
  const length = size * size * 3;
  return inputTensor({ count, size, pixels: pixels.subarray(from * length, (from + count) * length) }, input);
}

/** Noise, always the same. */
export function randomPictures(size: number): CheckPictures {
  const random = new SeededRandom('teacher-check');
  const pixels = Uint8Array.from({ length: RANDOM_COUNT * size * size * 3 }, () => Math.floor(random.next() * 256));
  const names = Array.from({ length: RANDOM_COUNT }, (_, index) => `noise ${index + 1}`);
  return { count: RANDOM_COUNT, size, pixels, names, labels: names.map(() => null), found: RANDOM_COUNT };
}

async function listPlace(place: string): Promise<Found[]> {
  const about = await stat(place).catch((cause: unknown) => {
    throw new WinnowError('FILE_NOT_FOUND', 'The pictures for the check cannot be found', {
      where: place,
      next: 'Check the path.',
      cause,
    });
  });
  if (!about.isDirectory()) return [{ file: place, name: path.basename(place), label: null }];
  const found: Found[] = [];
  for (const entry of await sortedEntries(place)) {
    const inner = path.join(place, entry);
    if (!(await stat(inner)).isDirectory()) {
      found.push({ file: inner, name: entry, label: null });
      continue;
    }
    for (const name of await sortedEntries(inner)) {
      const file = path.join(inner, name);
      if ((await stat(file)).isFile()) found.push({ file, name: `${entry}/${name}`, label: entry });
    }
  }
  return found;
}

async function sortedEntries(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
}

/** As many of each folder, so that no class is left out for another. */
function firstOfEach(found: readonly Found[]): readonly Found[] {
  const places = new Map<string | null, number>();
  const ranked = found.map((one) => {
    const rank = places.get(one.label) ?? 0;
    places.set(one.label, rank + 1);
    return { one, rank };
  });
  const limit = [...ranked].sort((a, b) => a.rank - b.rank).slice(0, MOST_CHECKED);
  const kept = new Set(limit.map(({ one }) => one));
  return found.filter((one) => kept.has(one));
}
