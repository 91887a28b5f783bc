import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { IMPORT_ENGINE, WinnowError } from '@winnow/contracts';
import { findColumn, openTable } from '@winnow/shards';
import type { Table, TableRow } from '@winnow/shards';
import { classNamer } from './class-namer';
import { collectClasses } from './collect-classes';
import type { ImportSource, ReadPicture, SourceItem, SourceOptions } from './import-source';
import { readListedFile } from './read-listed-file';
import { factColumns, sourceFacts } from './source-facts';

/**
 * A table of pictures: a column with the class, and one with paths below the folder of the table or with URLs.
 * @throws WinnowError FORMAT_INVALID, USAGE for a column that it does not have
 */
export async function tableSource(source: string, options: SourceOptions): Promise<ImportSource> {
  const table = await openTable(source);
  const root = await realpath(path.dirname(source));
  const columns = chooseColumns(source, table, options);
  const nameClass = classNamer(options.classes ?? options.projectClasses, `${source}, column ${columns.class}`);
  const facts = factColumns(table.columns.filter((name) => name !== columns.class && name !== columns.path));
  const used = [columns.class, columns.path, columns.url, ...Object.values(facts)].flatMap((name) => name ?? []);
  const textOf = (row: TableRow, column: string | undefined): string =>
    column === undefined ? '' : String(row.get(column) ?? '').trim();
  return {
    kind: 'table',
    engine: IMPORT_ENGINE,
    name: options.name ?? path.basename(source),
    notes: [
      `Table: class from column ${columns.class}, ` +
        (columns.path === undefined ? `URLs from column ${columns.url}.` : `files from column ${columns.path}.`),
    ],
    classes: () =>
      collectClasses(classNames(table, columns.class, nameClass), { where: source, stated: options.classes }),
    async *items(): AsyncGenerator<SourceItem> {
      let rank = 0;
      for await (const row of table.rows(used)) {
        rank += 1;
        const className = nameClass(row.get(columns.class));
        const url = textOf(row, columns.url);
        const stated = { ...sourceFacts(facts, (name) => row.get(name)), ...(url === '' ? {} : { url }) };
        if (columns.path === undefined) {
          yield { place: url, rank, className, facts: stated, read: url === '' ? () => nothing('no URL') : null };
          continue;
        }
        const place = textOf(row, columns.path);
        const read = (): Promise<ReadPicture> =>
          place === '' ? nothing('no path') : readListedFile(root, place, options.maxBytes);
        yield { place, rank, className, facts: stated, read };
      }
    },
  };
}

interface Columns {
  readonly class: string;
  readonly path: string | undefined;
  readonly url: string | undefined;
}

function chooseColumns(source: string, { columns }: Table, options: SourceOptions): Columns {
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
  const missing = classColumn === undefined ? 'classes' : 'paths or URLs';
  throw new WinnowError('FORMAT_INVALID', `No column of the table is known to hold ${missing}`, {
    where: source,
    next: `Name it with ${classColumn === undefined ? '--class-column' : '--path-column or --url-column'}; there are ${columns.slice(0, 30).join(', ')}.`,
  });
}

async function* classNames(
  table: Table,
  column: string,
  nameClass: (value: unknown) => string | null,
): AsyncGenerator<string | null> {
  for await (const row of table.rows([column])) yield nameClass(row.get(column));
}

function nothing(detail: string): Promise<ReadPicture> {
  return Promise.resolve({ ok: false, outcome: 'empty_body', detail });
}
