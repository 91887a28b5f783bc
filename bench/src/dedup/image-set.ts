import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { WinnowError } from '@winnow/contracts';
import { encodeJpeg } from '@winnow/imaging';
import { SeededRandom } from '@winnow/random';
import { decodeUserImage } from '@winnow/trainer/bench';
import { listJpegFiles } from '../harness/image-files';
import type { Edit } from './edits';
import { smoothestQuarter } from './smoothest-quarter';

/** An image that may be drawn. */
export interface PoolImage {
  /** Path within its source. */
  readonly name: string;
  /** Its folder, taken for the search that found it. */
  readonly className: string;
  read(): Promise<Uint8Array>;
}

/** Images of one draw. */
export interface Originals {
  readonly images: readonly PoolImage[];
  /** Others, of which only a smooth part is taken: images that are hard to tell from each other. */
  readonly plain: readonly PoolImage[];
}

/** A file of the benchmark. */
export interface SetFile {
  readonly name: string;
  /** Number of the image that it shows. */
  readonly original: number;
  /** Name of the edit; null for the original itself. */
  readonly edit: string | null;
  readonly isPlain: boolean;
  readonly className: string;
}

/** Files of the benchmark in one folder. */
export interface ImageSet {
  readonly folder: string;
  readonly files: readonly SetFile[];
}

const PLAIN_QUALITY = 90;

/** One plain image for so many originals. */
const ORIGINALS_PER_PLAIN = 10;

/** Every JPEG file of the sources. @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID */
export async function readPool(sources: readonly string[]): Promise<readonly PoolImage[]> {
  const lists = await Promise.all(sources.map(listJpegFiles));
  return lists
    .flat()
    .map(({ name, read }) => ({ name, className: path.posix.basename(path.posix.dirname(name)), read }));
}

/** A draw by the seed. @throws WinnowError MISSING_INPUT where there are too few images */
export function drawOriginals(
  pool: readonly PoolImage[],
  { originals, seed }: { readonly originals: number; readonly seed: number },
): Originals {
  const cutOff = originals + Math.ceil(originals / ORIGINALS_PER_PLAIN);
  if (pool.length < cutOff) {
    throw new WinnowError('MISSING_INPUT', `There are ${pool.length} JPEG files; ${cutOff} are needed`, {
      where: '--images',
      next: 'Name more images, or fewer --originals.',
    });
  }
  const drawn = [...new SeededRandom(`dedup ${seed}`).permutation(pool.length)].map(
    (index) => pool[index] as PoolImage,
  );
  return { images: drawn.slice(0, originals), plain: drawn.slice(originals, cutOff) };
}

/** What is made of originals, and who hears of each. */
export interface SetOptions {
  readonly edits: readonly Edit[];
  readonly onImage: (done: number) => Promise<void>;
}

/** Writes every original with its edits, and the plain images, into a folder. */
export async function writeImageSet(
  { images, plain }: Originals,
  folder: string,
  { edits, onImage }: SetOptions,
): Promise<ImageSet> {
  const files: SetFile[] = [];
  const write = async (file: Omit<SetFile, 'name'>, extension: string, bytes: Uint8Array): Promise<void> => {
    const name = `${String(file.original).padStart(5, '0')}-${(file.edit ?? 'original').replace(/\W+/g, '-')}.${extension}`; // prettier-ignore
    await writeFile(path.join(folder, name), bytes);
    files.push({ name, ...file });
  };
  for (const [original, file] of images.entries()) {
    const bytes = await file.read();
    const image = await decodeUserImage(bytes, file.name);
    const { className } = file;
    await write({ original, edit: null, isPlain: false, className }, 'jpg', bytes);
    for (const edit of edits) {
      const edited = await edit.apply(image, new SeededRandom(`${file.name} ${edit.name}`));
      if (edited === null) continue;
      await write({ original, edit: edit.name, isPlain: false, className }, edit.extension, await edit.encode(edited));
    }
    await onImage(original + 1);
  }
  for (const [index, image] of plain.entries()) {
    const original = images.length + index;
    const smooth = await smoothestQuarter(await decodeUserImage(await image.read(), image.name));
    const file = { original, edit: null, isPlain: true, className: image.className };
    await write(file, 'jpg', await encodeJpeg(smooth, PLAIN_QUALITY));
  }
  return { folder, files };
}
