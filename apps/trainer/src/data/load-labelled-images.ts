import path from 'node:path';
import { WinnowError } from '@winnow/contracts';
import type { ImageSet, SquarePolicy } from '@winnow/contracts';
import { listLabelledFiles } from '@winnow/shards';
import { sharedPixels } from '@winnow/training';
import { decodeUserSquares } from './decode-user-images';
import { labelsByName, requireRoom } from './image-sets';

/**
 * Loads images that a person labelled: a folder with one folder per class, or a tar whose members are CLASS/NAME.
 * @param classes the class list; a folder of another name is an error, a class without images is allowed
 * @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID, also where they would not fit into memory; IMAGE_UNREADABLE naming
 *   those that cannot be used; INTERRUPTED
 */
export async function loadLabelledImages(
  source: string,
  classes: readonly string[],
  { size, resize, signal }: { readonly size: number; readonly resize: SquarePolicy; readonly signal: AbortSignal },
): Promise<ImageSet> {
  const files = await listLabelledFiles(source);
  const labels = labelsByName(classes);
  const unknown = files.find(({ className }) => !labels.has(className));
  if (unknown !== undefined) {
    throw new WinnowError('FORMAT_INVALID', `"${unknown.className}" is none of the classes`, {
      where: path.join(source, unknown.key),
      next: `Folders must be named as the classes are: ${classes.slice(0, 20).join(', ')}.`,
    });
  }
  const bytesPerImage = size * size * 3;
  requireRoom(files.length * bytesPerImage, source);
  const pixels = sharedPixels(files.length * bytesPerImage);
  const images = files.map(({ key, read }) => ({ where: path.join(source, key), read }));
  await decodeUserSquares(images, { size, resize, pixels, source, signal });
  return {
    count: files.length,
    size,
    pixels,
    keys: files.map(({ key }) => key),
    labels: Int32Array.from(files, ({ className }) => labels.get(className) as number),
    classes,
  };
}

/** The class names that a source of labelled images holds, sorted. */
export async function listClassNames(source: string): Promise<readonly string[]> {
  return [...new Set((await listLabelledFiles(source)).map(({ className }) => className))].sort();
}
