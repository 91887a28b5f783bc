import path from 'node:path';
import { loadTruth } from '@winnow/config';
import type { World } from '@winnow/config';
import { importedUrl, requireUninterrupted, WinnowError, WORLD_ENGINE } from '@winnow/contracts';
import type { ImageSet } from '@winnow/contracts';
import { NO_CLASS } from '@winnow/noise';
import { openTable, streamTar } from '@winnow/shards';
import { sharedPixels } from '@winnow/training';
import { decodeUserSquare } from '../data/decode-user-images';
import { labelsByName, requireRoom } from '../data/image-sets';

const MAX_MEMBER_BYTES = 100_000_000;
/** Columns or classes that a message names. */
const MAX_SHOWN = 10;

/** A table of a world: its images by path, and the column that holds their classes. */
export interface WorldTable {
  readonly file: string;
  readonly classColumn: 'given' | 'label';
}

/** Images of a world in the order of the table. */
export interface WorldImages {
  /** Keys are row numbers: a path may tell what an image shows. */
  readonly images: ImageSet;
  /** For finding the truth only, [count]. */
  readonly paths: readonly string[];
}

/**
 * Decodes the images that a table of a world lists, out of the tars of the world, into memory.
 * @param folder of world.json; file names start here
 * @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID, IMAGE_UNREADABLE naming the image
 */
export async function loadWorldImages(
  folder: string,
  world: World,
  { table, signal }: { readonly table: WorldTable; readonly signal?: AbortSignal },
): Promise<WorldImages> {
  const file = path.resolve(folder, table.file);
  const listed = await readTable(file, table.classColumn, world.classes);
  const { size, classes } = world;
  const bytesPerImage = size * size * 3;
  requireRoom(listed.paths.length * bytesPerImage, file);
  const pixels = sharedPixels(listed.paths.length * bytesPerImage);
  const rowsByPath = new Map<string, number[]>();
  listed.paths.forEach((name, row) => rowsByPath.set(name, [...(rowsByPath.get(name) ?? []), row]));
  const left = new Set(rowsByPath.keys());
  for (const image of world.images) {
    const archive = path.resolve(folder, image);
    const members = streamTar(archive, { maxBytes: MAX_MEMBER_BYTES, wanted: (name) => left.has(name) });
    for await (const { name, bytes } of members) {
      if (bytes === null || !left.delete(name)) continue;
      requireUninterrupted(signal, 'reading the world was stopped');
      const data = await decodeUserSquare(bytes, { size, resize: 'squash', where: `${archive}, ${name}` });
      for (const row of rowsByPath.get(name) as number[]) pixels.set(data, row * bytesPerImage);
    }
  }
  const [missing] = left;
  if (missing !== undefined) {
    throw new WinnowError('FILE_NOT_FOUND', `${left.size} images are in none of the tars of the world`, {
      where: `${file}: ${missing}`,
      next: 'Correct the images of world.json, or the table.',
    });
  }
  return {
    images: {
      count: listed.paths.length,
      size,
      pixels,
      keys: listed.paths.map((_, row) => String(row).padStart(8, '0')),
      labels: listed.labels,
      classes,
    },
    paths: listed.paths,
  };
}

async function readTable(
  file: string,
  classColumn: string,
  classes: readonly string[],
): Promise<{ readonly paths: readonly string[]; readonly labels: Int32Array }> {
  const table = await openTable(file);
  if (!['path', classColumn].every((column) => table.columns.includes(column))) {
    throw new WinnowError('FORMAT_INVALID', `The table needs the columns path and ${classColumn}`, {
      where: file,
      next: `It has ${table.columns.slice(0, MAX_SHOWN).join(', ') || 'none'}: name them so.`,
    });
  }
  const labelOf = labelsByName(classes);
  const paths: string[] = [];
  const labels: number[] = [];
  for await (const row of table.rows(['path', classColumn])) {
    const [name, className] = [String(row.get('path') ?? ''), String(row.get(classColumn) ?? '')];
    const label = labelOf.get(className);
    if (label === undefined) {
      throw new WinnowError('FORMAT_INVALID', `"${className.slice(0, 100)}" is none of the classes`, {
        where: `${file}, row ${paths.length + 1} below the head, column ${classColumn}`,
        next: `The classes of world.json are ${classes.slice(0, MAX_SHOWN).join(', ')}${classes.length > MAX_SHOWN ? ', ...' : ''}.`,
      });
    }
    paths.push(name);
    labels.push(label);
  }
  if (paths.length === 0)
    throw new WinnowError('FORMAT_INVALID', 'The table lists no images', { where: file, next: 'Add rows.' });
  return { paths, labels: Int32Array.from(labels) };
}

/**
 * What the images of a pool show, NO_CLASS (-1) where that is no known class, [count]. For the evaluator, and for the
 * oracle that measures what a perfect split would be worth; no method is given it.
 * @param paths of the pool, in its order
 * @throws WinnowError FORMAT_INVALID where the pool does not say it
 */
export async function loadWorldTruth(folder: string, world: World, paths: readonly string[]): Promise<Int32Array> {
  const file = path.resolve(folder, world.pool);
  const truth = await loadTruth(file, world.classes, world.name);
  const labels = labelsByName(world.classes);
  return Int32Array.from(paths, (name) => {
    const row = truth.get(importedUrl(WORLD_ENGINE, world.name, name));
    if (row === undefined) {
      throw new WinnowError('FORMAT_INVALID', 'The pool does not say what an image shows', {
        where: `${file}: ${name}`,
        next: 'Give it a row with the columns path, given and true.',
      });
    }
    return row.trueClass === null ? NO_CLASS : (labels.get(row.trueClass) as number);
  });
}
