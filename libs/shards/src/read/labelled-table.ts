import { existsSync } from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { loadWorld, WORLD_FILE } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import { resolveInside } from './resolve-inside';
import { streamTar } from '../tar/stream-tar';
import { findColumn } from '../tables/find-column';
import { openTable } from '../tables/open-table';

/** All of them together are held in memory. */
const MAX_ARCHIVED_BYTES = 2_000_000_000;
const MAX_MEMBER_BYTES = 100_000_000;

/** An image that a person labelled. */
export interface LabelledFile {
  /** `<class>/<name>`; of a table the path. */
  readonly key: string;
  readonly className: string;
  readonly read: () => Promise<Uint8Array>;
}

/**
 * Images that a table lists: columns path and class. Paths are relative to the table, or name members of the tars of
 * a world whose world.json lies beside it. The key of an image is its path.
 * @throws WinnowError FORMAT_INVALID for missing columns, a path that leads elsewhere or is listed twice;
 * FILE_NOT_FOUND for an image that is not there
 */
export async function listTable(source: string): Promise<LabelledFile[]> {
  const classes = await readPaths(source);
  const folder = await realpath(path.dirname(source));
  const isOfWorld = existsSync(path.join(folder, WORLD_FILE));
  const members = isOfWorld ? await readMembers(path.join(folder, WORLD_FILE), classes) : new Map<string, Buffer>();
  const files: LabelledFile[] = [];
  for (const [name, className] of classes) {
    const member = members.get(name);
    if (member !== undefined) {
      files.push({ key: name, className, read: () => Promise.resolve(member) });
      continue;
    }
    const found = await resolveInside(folder, name);
    if (!found.ok) throw unusable(source, name, found.why);
    if (!(await stat(found.file)).isFile()) throw unusable(source, name, 'no file');
    files.push({ key: name, className, read: () => readFile(found.file) });
  }
  return files;
}

async function readPaths(source: string): Promise<Map<string, string>> {
  const table = await openTable(source);
  const [pathColumn, classColumn] = [findColumn(table.columns, 'path'), findColumn(table.columns, 'class')];
  if (pathColumn === undefined || classColumn === undefined) {
    throw new WinnowError('FORMAT_INVALID', 'The table needs the columns path and class', {
      where: source,
      next: `It has ${table.columns.slice(0, 20).join(', ')}.`,
    });
  }
  const classes = new Map<string, string>();
  let count = 0;
  for await (const row of table.rows([pathColumn, classColumn])) {
    count += 1;
    const name = String(row.get(pathColumn) ?? '');
    const isEmpty = name.trim() === '';
    if (isEmpty || classes.has(name)) {
      const shown = JSON.stringify(name.slice(0, 200));
      throw new WinnowError('FORMAT_INVALID', isEmpty ? 'A path is empty' : `An image is listed twice: ${shown}`, {
        where: `${source}, row ${count} below the head, column ${JSON.stringify(pathColumn)}`,
        next: isEmpty
          ? 'Give the path of the image, or remove the row. The column is taken by its name.'
          : 'Remove one of the rows.',
      });
    }
    classes.set(name, String(row.get(classColumn) ?? ''));
  }
  return classes;
}

/** In the order of the archives: the first that has an image gives it. */
async function readMembers(worldFile: string, wanted: ReadonlyMap<string, string>): Promise<Map<string, Buffer>> {
  const { images } = await loadWorld(worldFile);
  const members = new Map<string, Buffer>();
  let sizeBytes = 0;
  for (const image of images) {
    const archive = path.resolve(path.dirname(worldFile), image);
    const isWanted = (name: string): boolean => wanted.has(name) && !members.has(name);
    for await (const { name, bytes } of streamTar(archive, { maxBytes: MAX_MEMBER_BYTES, wanted: isWanted })) {
      if (bytes === null || members.has(name)) continue;
      members.set(name, bytes);
      sizeBytes += bytes.length;
      if (sizeBytes <= MAX_ARCHIVED_BYTES) continue;
      throw new WinnowError('FORMAT_INVALID', `The images listed take more than ${MAX_ARCHIVED_BYTES} bytes`, {
        where: archive,
        next: 'Unpack the archive and list the files.',
      });
    }
  }
  return members;
}

function unusable(source: string, name: string, why: 'outside' | 'missing' | 'no file'): WinnowError {
  const shown = JSON.stringify(name.slice(0, 200));
  if (why === 'outside') {
    return new WinnowError('FORMAT_INVALID', `A path does not stay below the folder of the table: ${shown}`, {
      where: source,
    });
  }
  if (why === 'no file') {
    return new WinnowError('FORMAT_INVALID', `A path of the table leads to no plain file: ${shown}`, { where: source });
  }
  return new WinnowError('FILE_NOT_FOUND', `An image that the table lists is not there: ${shown}`, {
    where: source,
    next: 'Check the paths: they start at the folder of the table.',
  });
}
