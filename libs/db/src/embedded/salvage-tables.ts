import { cp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { createPostgres } from './embedded-postgres';
import { isWholeTable } from './readable-tables';
import { isBeforeTable, KEPT_TABLES, readChunks, tableLayouts } from './table-chunks';
import type { KeptTable, TableChunk } from './table-chunks';

const VERSION_FILE = 'PG_VERSION';

/** Called with rows, in the order of the tables. @returns whether they were taken */
export type OnChunk = (chunk: TableChunk) => Promise<boolean>;

export interface SalvageOptions {
  /** Where the copy is made, and removed. */
  readonly scratch: string;
  /** A database of the same version that is whole. */
  readonly draft: string;
  readonly onChunk: OnChunk;
}

/** What was read of a damaged database. */
export interface Salvaged {
  /** Tables of which every row was read and taken. */
  readonly whole: readonly KeptTable[];
  /** Tables of which rows may be missing. */
  readonly broken: readonly KeptTable[];
}

/**
 * Reads what can be read of a damaged embedded database, table by table. The folder stays as it is: a copy of it is
 * opened, since opening writes.
 */
export async function salvageTables(folder: string, options: SalvageOptions): Promise<Salvaged> {
  const whole: KeptTable[] = [];
  let left: readonly KeptTable[] = KEPT_TABLES;
  // Postgres that crashed over one table is started anew for those after it.
  while (left.length > 0) {
    const { done, isCrashed } = await copyAndRead(folder, left, options);
    whole.push(...done.filter(({ isWhole }) => isWhole).map(({ table }) => table));
    if (!isCrashed || done.length === 0) break;
    left = left.slice(done.length);
  }
  return { whole, broken: KEPT_TABLES.filter((table) => !whole.includes(table)) };
}

interface ReadTable {
  readonly table: KeptTable;
  readonly isWhole: boolean;
}

async function copyAndRead(
  folder: string,
  tables: readonly KeptTable[],
  { scratch, draft, onChunk }: SalvageOptions,
): Promise<{ readonly done: readonly ReadTable[]; readonly isCrashed: boolean }> {
  const done: ReadTable[] = [];
  await rm(scratch, { recursive: true, force: true });
  await cp(folder, scratch, { recursive: true });
  // Without it Postgres would make an empty database over the files.
  await cp(path.join(draft, VERSION_FILE), path.join(scratch, VERSION_FILE));
  const client = await createPostgres({ dataDir: scratch }).catch(() => undefined);
  let isCrashed = client === undefined;
  try {
    for (const table of tables) {
      if (client === undefined || isCrashed) break;
      const isWhole = await readTable(client, table, onChunk);
      isCrashed = !isWhole && !(await answers(client));
      done.push({ table, isWhole });
    }
  } finally {
    await client?.close().catch(() => undefined);
    await rm(scratch, { recursive: true, force: true });
  }
  return { done, isCrashed };
}

async function readTable(client: PGlite, table: KeptTable, onChunk: OnChunk): Promise<boolean> {
  const layouts = await tableLayouts(client, [table]).catch(() => null);
  if (layouts === null) return false;
  const chunks = readChunks(client, table, layouts.get(table));
  let isTaken = true;
  for (;;) {
    const next = await chunks.next().catch(() => null);
    if (next === null) return false;
    if (next.done === true) return isTaken && next.value === 0 && (await isWhole(client, table).catch(() => false));
    isTaken = (await onChunk(next.value)) && isTaken;
  }
}

async function isWhole(client: PGlite, table: KeptTable): Promise<boolean> {
  return (await isBeforeTable(client, table)) || isWholeTable(client, table);
}

async function answers(client: PGlite): Promise<boolean> {
  return client.query('select 1').then(
    () => true,
    () => false,
  );
}
