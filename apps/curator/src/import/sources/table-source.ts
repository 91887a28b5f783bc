import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { IMPORT_ENGINE, WinnowError } from '@winnow/contracts';
import type { SourceOptions } from '@winnow/contracts';
import { findColumn, isPlainPath, openTable } from '@winnow/shards';
import type { BadRow, Table, TableRow } from '@winnow/shards';
import { cellText, ClassNamer, itemClass, namesOf, unusable } from './class-namer';
import { collectClasses } from './collect-classes';
import type { ImportSource, ReadImage, SourceItem } from './import-source';
import { readListedFile } from './read-listed-file';
import { shorten } from '../shorten';
import { factColumns, sourceFacts } from './source-facts';

/**
 * A table of images: a column with the class, and one with paths below the folder of the table or with URLs.
 * @throws WinnowError FORMAT_INVALID, USAGE for a column that it does not have
 */
export async function tableSource(source: string, options: SourceOptions): Promise<ImportSource> {
  const table = await openTable(source);
  const tableFolder = path.resolve(path.dirname(source));
  const root = await realFolder(options.root ?? tableFolder);
  const namedRoots = options.root === undefined ? null : [options.root, root];
  const columns = chooseColumns(source, table, options);
  await requireRows(source, table, columns.class);
  const where = `${source}, column ${columns.class}`;
  const newNamer = (): ClassNamer => new ClassNamer(options.classes ?? options.projectClasses, where);
  const facts = factColumns(table.columns.filter((name) => name !== columns.class && name !== columns.path));
  const used = [columns.class, columns.path, columns.url, ...Object.values(facts)].flatMap((name) => name ?? []);
  const textOf = (row: TableRow, column: string | undefined): string | null =>
    column === undefined ? '' : cellText(row.get(column));
  return {
    kind: 'table',
    engine: IMPORT_ENGINE,
    name: options.name ?? path.basename(source),
    notes: [
      `Table: class from column ${columns.class}, ` +
        (columns.path === undefined ? `URLs from column ${columns.url}.` : `files from column ${columns.path}.`),
    ],
    classes: () =>
      collectClasses(namesOf(cells(table, columns.class), newNamer()), { where: source, stated: options.classes }),
    async *items(): AsyncGenerator<SourceItem> {
      const namer = newNamer();
      const bad: BadRow[] = [];
      let rank = 0;
      const refused = (location: string, detail: string): SourceItem => ({
        ...{ location, rank, className: null, facts: {}, read: null },
        refusal: unusable(detail),
      });
      for await (const row of table.rows(used, (problem) => bad.push(problem))) {
        for (const { location, detail } of bad.splice(0)) yield refused(location, detail);
        rank += 1;
        const named = itemClass(namer.name(row.get(columns.class)));
        const url = textOf(row, columns.url);
        const location = columns.path === undefined ? url : textOf(row, columns.path);
        if (location === null || url === null) {
          yield refused(`row ${rank}`, `the ${location === null ? 'place' : 'URL'} is neither text nor a number`);
          continue;
        }
        const stated = { ...sourceFacts(facts, (name) => row.get(name)), ...(url === '' ? {} : { url }) };
        const read = readOf({
          location:
            namedRoots === null || location === '' ? location : belowRoot(location, { tableFolder, roots: namedRoots }),
          isUrl: columns.path === undefined,
          isRootNamed: namedRoots !== null,
          root,
          maxBytes: options.maxBytes,
        });
        yield { location, rank, facts: stated, read, ...named };
      }
      for (const { location, detail } of bad) yield refused(location, detail);
      namer.finish();
    },
  };
}

/**
 * A listed path as one below the root that the person names. Absolute ones may lie in it, and those that climb start at
 * the table; what then leads out of the root still begins with `..`.
 * @param folders.roots as it was named and as `realpath` gives it: the table may name it either way
 */
function belowRoot(
  location: string,
  { tableFolder, roots }: { readonly tableFolder: string; readonly roots: readonly string[] },
): string {
  const climbs = path.isAbsolute(location) || location.split(/[/\\]/).includes('..');
  if (!climbs) return location;
  const candidates = roots.map((root) => path.relative(root, path.resolve(tableFolder, location)));
  return candidates.find(isPlainPath) ?? candidates[0] ?? location;
}

/** @throws WinnowError FILE_NOT_FOUND */
async function realFolder(folder: string): Promise<string> {
  return realpath(folder).catch((cause: unknown) => {
    throw new WinnowError('FILE_NOT_FOUND', 'The folder of the paths cannot be found', {
      where: folder,
      next: 'Check --root.',
      cause,
    });
  });
}

interface Listed {
  readonly location: string;
  readonly isUrl: boolean;
  /** Whether a person named the root; else it is the folder of the table. */
  readonly isRootNamed: boolean;
  readonly root: string;
  readonly maxBytes: number;
}

function readOf({ isUrl, ...listed }: Listed): SourceItem['read'] {
  if (listed.location === '') return () => nothing(isUrl ? 'no URL' : 'no path');
  return isUrl ? null : () => readListed(listed);
}

async function readListed({ location, isRootNamed, root, maxBytes }: Omit<Listed, 'isUrl'>): Promise<ReadImage> {
  const image = await readListedFile(root, location, maxBytes);
  if (image.ok || image.outcome !== 'address_refused') return image;
  const detail = isRootNamed
    ? 'the path leads out of the folder that --root names'
    : 'the path leads out of the folder of the table; --root names another folder';
  return { ...image, detail };
}

/** @throws WinnowError FORMAT_INVALID */
async function requireRows(source: string, table: Table, column: string): Promise<void> {
  for await (const _ of cells(table, column)) return;
  throw new WinnowError('FORMAT_INVALID', 'The table is empty', { where: source, next: 'It has no rows.' });
}

interface Columns {
  readonly class: string;
  readonly path: string | undefined;
  readonly url: string | undefined;
}

function chooseColumns(source: string, { columns, delimiter }: Table, options: SourceOptions): Columns {
  const choose = (stated: string | undefined, role: 'class' | 'path' | 'url'): string | undefined => {
    if (stated === undefined) return findColumn(columns, role);
    if (columns.includes(stated)) return stated;
    throw new WinnowError('USAGE', `The table has no column "${stated}"`, {
      where: source,
      next: `It has ${columns.slice(0, 30).join(', ')}.`,
    });
  };
  const classColumn = choose(options.classColumn, 'class');
  const urlColumn = choose(options.urlColumn, 'url');
  // Whoever names the URLs alone wants them fetched.
  const wantsUrls = options.urlColumn !== undefined && options.pathColumn === undefined;
  const pathColumn = wantsUrls ? undefined : choose(options.pathColumn, 'path');
  if (classColumn !== undefined && (pathColumn ?? urlColumn) !== undefined) {
    return { class: classColumn, path: pathColumn, url: urlColumn };
  }
  const corrected =
    delimiter === undefined ? '' : ` Columns were told apart by ${delimiter === ',' ? 'commas' : 'tabs'}.`;
  const missing = classColumn === undefined ? 'classes' : 'paths or URLs';
  throw new WinnowError('FORMAT_INVALID', `No column of the table is known to hold ${missing}`, {
    where: source,
    next: `Name it with ${classColumn === undefined ? '--class-column' : '--path-column or --url-column'}; there are ${shorten(columns.slice(0, 30).join(', '), 500)}.${corrected}`,
  });
}

async function* cells(table: Table, column: string): AsyncGenerator<unknown> {
  for await (const row of table.rows([column], () => undefined)) yield row.get(column);
}

function nothing(detail: string): Promise<ReadImage> {
  return Promise.resolve({ ok: false, outcome: 'empty_body', detail });
}
