import type { PGlite } from '@electric-sql/pglite';

/** Whatever runs a query: the database or a transaction of it. */
export type PgliteQueries = Pick<PGlite, 'query' | 'exec'>;

interface IndexedTable {
  readonly name: string;
  /** First column of an index. */
  readonly key: string;
}

/** By index and table file, since an emptied file reads as a table without rows. */
const THROUGH_INDEX = 'set enable_seqscan = off; set enable_bitmapscan = off';
const AS_USUAL = 'reset enable_seqscan; reset enable_bitmapscan';

/**
 * Reads the first row of every table through an index, some milliseconds in all.
 * @throws Error of Postgres where a file of a table or its index is gone, emptied or changed there
 */
export async function requireReadableTables(client: PgliteQueries): Promise<void> {
  const tables = await indexedTables(client);
  const firsts = tables.map(({ name, key }) => `(select ctid::text from ${name} order by ${key} limit 1)`);
  await client.exec(THROUGH_INDEX);
  await client.query(`select ${firsts.join(', ')}`);
  await client.exec(AS_USUAL);
}

/** Whether reading a table's file gives as many rows as its index names. @throws Error of Postgres */
export async function isWholeTable(client: PgliteQueries, table: string): Promise<boolean> {
  const count = async (): Promise<number> =>
    (await client.query<{ rows: number }>(`select count(*)::integer as rows from "${table}"`)).rows[0]?.rows ?? 0;
  const inFile = await count();
  await client.exec(THROUGH_INDEX);
  const inIndex = await count();
  await client.exec(AS_USUAL);
  return inFile === inIndex;
}

async function indexedTables(client: PgliteQueries): Promise<readonly IndexedTable[]> {
  const { rows } = await client.query<IndexedTable>(`
    select * from (
      select quote_ident(t.relname) as name, (
        select quote_ident(a.attname) from pg_index i
        join pg_attribute a on a.attrelid = t.oid and a.attnum = i.indkey[0]
        where i.indrelid = t.oid order by i.indisprimary desc, i.indexrelid limit 1) as key
      from pg_class t where t.relnamespace = 'public'::regnamespace and t.relkind = 'r') as found
    where key is not null order by name collate "C"`);
  return rows;
}
