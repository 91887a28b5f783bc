import path from 'node:path';
import { WinnowError } from '@winnow/contracts';
import type { ImageSet } from '@winnow/contracts';
import { decodeImage, resizeRgb } from '@winnow/imaging';
import type { ResizePolicy } from '@winnow/contracts';
import { listLabelledFiles } from '@winnow/shards';
import { sharedPixels } from '@winnow/training';

/** Test and teacher pictures are the person's own; only absurd ones are refused. */
const LIMITS = { maxPixels: 100_000_000, minSide: 1, maxAspectRatio: 1000 };
const AT_ONCE = 8;

/**
 * Loads pictures that a person labelled: a folder with one folder per class, or a tar whose members are CLASS/NAME.
 * @param classes the class list; a folder of another name is an error, a class without pictures is allowed
 * @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID, IMAGE_UNREADABLE naming the file
 */
export async function loadLabelledPictures(
  source: string,
  classes: readonly string[],
  options: { readonly size: number; readonly resize: ResizePolicy },
): Promise<ImageSet> {
  const files = await listLabelledFiles(source);
  const unknown = files.find(({ className }) => !classes.includes(className));
  if (unknown !== undefined) {
    throw new WinnowError('FORMAT_INVALID', `"${unknown.className}" is none of the classes`, {
      where: path.join(source, unknown.key),
      next: `Folders must be named as the classes are: ${classes.slice(0, 20).join(', ')}.`,
    });
  }
  const bytesPerImage = options.size * options.size * 3;
  const pixels = sharedPixels(files.length * bytesPerImage);
  for (let from = 0; from < files.length; from += AT_ONCE) {
    await Promise.all(
      files.slice(from, from + AT_ONCE).map(async (file, index) => {
        const decoded = await decodeImage(await file.read(), LIMITS);
        if (!decoded.ok) {
          throw new WinnowError('IMAGE_UNREADABLE', `A labelled picture cannot be used: ${decoded.detail}`, {
            where: path.join(source, file.key),
            next: 'Remove or replace it.',
          });
        }
        const { data } = await resizeRgb(decoded.image, options.size, options.resize);
        pixels.set(data, (from + index) * bytesPerImage);
      }),
    );
  }
  return {
    count: files.length,
    size: options.size,
    pixels,
    keys: files.map(({ key }) => key),
    labels: Int32Array.from(files, ({ className }) => classes.indexOf(className)),
    classes,
  };
}

/** The class names that a source of labelled pictures holds, sorted. */
export async function listClassNames(source: string): Promise<readonly string[]> {
  return [...new Set((await listLabelledFiles(source)).map(({ className }) => className))].sort();
}
