import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { importedUrl, WinnowError, WORLD_ENGINE } from '@winnow/contracts';
import { csvLines } from '@winnow/files';
import type { CsvLine } from '@winnow/files';
import { loadWorld, WORLD_FILE } from './load-world';

/** The truth about one image URL, for measuring only. */
export interface TruthRow {
  /** Images of one source are copies of each other. */
  readonly source: string;
  /** Null for an image of no known class. */
  readonly trueClass: string | null;
}

const LISTED_COLUMNS = ['imageUrl', 'source', 'true'] as const;
const WORLD_COLUMNS = ['path', 'given', 'true'] as const;

/**
 * Reads `evaluate.truth`, a CSV with a header: columns imageUrl, source, true (class name, or empty for open); or the
 * pool of a world (columns path, given, true and kind, beside its world.json), where a true class that is none of the
 * classes is open if its kind says so. Only code that measures may call this; no method gets to see what it returns.
 * @param world name of the world that the file belongs to; default: that of the world.json beside it, or above it where
 *   that names it as its pool
 * @returns rows by image URL
 * @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID with the line
 */
export async function loadTruth(
  file: string,
  classes: readonly string[],
  world?: string,
): Promise<ReadonlyMap<string, TruthRow>> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new WinnowError('FILE_NOT_FOUND', 'The truth file cannot be read', {
      where: file,
      next: 'Check evaluate.truth.',
      cause,
    });
  });
  const { columns, lines } = csvLines(text, { file, what: 'The truth file' });
  const urlOf = await urlReader(columns, file, world);
  const known = new Set(classes);
  const rows = new Map<string, TruthRow>();
  for (const line of lines) {
    const name = line.value('true');
    const isOpen = name === '' || (!known.has(name) && line.value('kind') === 'open');
    if (!isOpen && !known.has(name)) {
      throw new WinnowError('FORMAT_INVALID', `"${name}" is none of the classes`, {
        where: `${file}, line ${line.number}`,
      });
    }
    rows.set(urlOf.url(line), { source: urlOf.source(line), trueClass: isOpen ? null : name });
  }
  return rows;
}

const MAX_LEVELS = 8;

/** The name of the world whose pool this is; undefined where there is none. */
async function worldOf(file: string): Promise<string | undefined> {
  let folder = path.dirname(file);
  for (let level = 0; level < MAX_LEVELS; level += 1) {
    const description = path.join(folder, WORLD_FILE);
    if (existsSync(description)) {
      const { name, pool } = await loadWorld(description);
      return level === 0 || path.resolve(folder, pool) === path.resolve(file) ? name : undefined;
    }
    folder = path.dirname(folder);
  }
  return undefined;
}

interface UrlReader {
  readonly url: (line: CsvLine) => string;
  readonly source: (line: CsvLine) => string;
}

async function urlReader(columns: readonly string[], file: string, world: string | undefined): Promise<UrlReader> {
  if (LISTED_COLUMNS.every((name) => columns.includes(name))) {
    return { url: (line) => line.value('imageUrl'), source: (line) => line.value('source') };
  }
  const name = WORLD_COLUMNS.every((column) => columns.includes(column)) ? (world ?? (await worldOf(file))) : undefined;
  if (name === undefined && world !== undefined) {
    const missing = WORLD_COLUMNS.filter((column) => !columns.includes(column));
    throw new WinnowError('FORMAT_INVALID', `The pool of the world has no column ${missing.join(', ')}`, {
      where: `${file}, line 1`,
      next: 'What is measured is measured against the class that each image shows: add it (docs/worlds.md).',
    });
  }
  if (name === undefined) {
    throw new WinnowError('FORMAT_INVALID', `The truth file needs the columns ${LISTED_COLUMNS.join(', ')}`, {
      where: `${file}, line 1`,
      next: `The pool of a world has ${WORLD_COLUMNS.join(', ')} instead, and ${WORLD_FILE} beside it.`,
    });
  }
  // No two images of a world are meant to be copies, whatever its column source says.
  return { url: (line) => importedUrl(WORLD_ENGINE, name, line.value('path')), source: (line) => line.value('path') };
}
