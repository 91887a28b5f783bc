import type { PGlite } from '@electric-sql/pglite';
import type { PgliteQueries } from './readable-tables';

/** Tables with rows that are worth keeping, those that others refer to first. Not `descriptors`: builds compute what is missing there. */
export const KEPT_TABLES = [
  'projects',
  'classes',
  'queries',
  'engines',
  'hosts',
  'forgotten',
  'hits',
  'fetches',
  'images',
  'sightings',
  'embeddings',
  'builds',
  'samples',
  'exclusions',
  'splits',
  'split_samples',
  'runs',
  'decisions',
  'views',
  'measure_plans',
] as const;

export type KeptTable = (typeof KEPT_TABLES)[number];

/** Those that a database of an earlier schema does not have. */
const LATER_TABLES: readonly KeptTable[] = ['decisions', 'views', 'measure_plans'];

/** Whether the table came with a later schema than that of this database. */
export async function isBeforeTable(client: PgliteQueries, table: KeptTable): Promise<boolean> {
  if (!LATER_TABLES.includes(table)) return false;
  const found = LATER_TABLES.map((name) => `to_regclass('"${name}"')`).join(', ');
  const { rows } = await client.query<{ isBefore: boolean }>(`select coalesce(${found}) is null as "isBefore"`);
  return rows[0]?.isBefore === true;
}

/** Some rows of a table in the text format of COPY. */
export interface TableChunk {
  readonly table: KeptTable;
  readonly columns: readonly string[];
  readonly data: Uint8Array;
}

/** What is to be known of a table before it is read. */
export interface TableLayout {
  readonly columns: readonly string[];
  /** Of its file, each of 8 kB. */
  readonly pages: number;
}

/** The layouts of those tables that there are, told at once. @throws Error of Postgres */
export async function tableLayouts(
  client: PgliteQueries,
  tables: readonly KeptTable[],
): Promise<ReadonlyMap<KeptTable, TableLayout>> {
  const { rows } = await client.query<TableLayout & { readonly name: KeptTable }>(`
    select relname as name, array(
        select attname::text from pg_attribute where attrelid = t.oid and attnum > 0 and not attisdropped order by attnum
      ) as columns, (pg_relation_size(oid) / current_setting('block_size')::integer)::integer as pages
    from pg_class t where relnamespace = 'public'::regnamespace and relkind = 'r'
      and relname in (${tables.map((table) => `'${table}'`).join(', ')})`);
  return new Map(rows.map(({ name, ...layout }) => [name, layout]));
}

/** Pages that are read at once. */
const PAGES_AT_ONCE = 1024;

/**
 * All rows of a table, part by part. A page that cannot be read is passed over.
 * @param layout undefined where there is no such table
 * @returns the number of pages that were passed over
 * @throws Error of Postgres where the table as a whole cannot be read; Error where it is gone
 */
export async function* readChunks(
  client: PgliteQueries,
  table: KeptTable,
  layout: TableLayout | undefined,
): AsyncGenerator<TableChunk, number> {
  if (layout === undefined) {
    if (await isBeforeTable(client, table)) return 0;
    throw new Error(`The table ${table} is gone`);
  }
  const { columns, pages } = layout;
  const ranges = Array.from({ length: Math.ceil(pages / PAGES_AT_ONCE) }, (_, index) => ({
    from: index * PAGES_AT_ONCE,
    to: Math.min(pages, (index + 1) * PAGES_AT_ONCE),
  }));
  let lostPages = 0;
  for (let range = ranges.shift(); range !== undefined; range = ranges.shift()) {
    const { from, to } = range;
    const data = await readPages(client, { table, columns, from, to });
    if (data !== null) {
      if (data.length > 0) yield { table, columns, data };
    } else if (to - from === 1) {
      lostPages += 1;
    } else {
      const middle = Math.floor((from + to) / 2);
      ranges.unshift({ from, to: middle }, { from: middle, to });
    }
  }
  return lostPages;
}

/**
 * Adds rows to a table; where one of the same key is there, that stays. Call it with checks of foreign keys off: rows may
 * come before those that they refer to. Columns that it lacks, as those of an older schema, get their defaults.
 * @returns how many were added
 * @throws Error of Postgres where a value does not fit; none of its rows is added then
 */
export async function insertChunk(client: PGlite, { table, columns, data }: TableChunk): Promise<number> {
  const names = columns.map((name) => `"${name}"`).join(', ');
  return client.transaction(async (tx) => {
    await tx.exec(`create temp table incoming (like "${table}" including defaults) on commit drop`);
    await tx.query(`copy incoming (${names}) from '/dev/blob'`, [], { blob: new Blob([Buffer.from(data)]) });
    const { affectedRows } = await tx.query(
      `insert into "${table}" (${names}) select ${names} from incoming on conflict do nothing`,
    );
    return affectedRows ?? 0;
  });
}

interface Pages {
  readonly table: KeptTable;
  readonly columns: readonly string[];
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/** Null where one of the pages cannot be read. @throws Error where no query works any more */
async function readPages(client: PgliteQueries, { table, columns, from, to }: Pages): Promise<Uint8Array | null> {
  const names = columns.map((name) => `"${name}"`).join(', ');
  const rows = `select ${names} from "${table}" where ctid >= '(${from},0)' and ctid < '(${to},0)'`;
  try {
    const { blob } = await client.query(`copy (${rows}) to '/dev/blob'`);
    return blob === undefined ? new Uint8Array() : new Uint8Array(await blob.arrayBuffer());
  } catch {
    await client.query('select 1');
    return null;
  }
}
