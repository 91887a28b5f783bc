import { access, rename, rm } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import type { Database } from './database';
import { openFailure } from './embedded-failure';
import { databaseFolder } from './embedded-state';
import { MIGRATIONS_DIR } from './open-database';
import { lockEmbedded } from './open-embedded';
import { salvageTables } from './salvage-tables';
import type { Salvaged } from './salvage-tables';
import * as schema from './schema';
import { insertChunk, KEPT_TABLES } from './table-chunks';
import type { KeptTable, TableChunk } from './table-chunks';
import { readTableCopy, writeTableCopy } from './table-copy';

export interface RescueResult<T> {
  /** Rows by table in the new database, before `register`. */
  readonly rows: Readonly<Record<KeptTable, number>>;
  /** Tables that were read in full; of all others rows may be missing. */
  readonly whole: readonly KeptTable[];
  /** The copy of the rows that the last command left was needed and could be read. */
  readonly usedCopy: boolean;
  /** Rows that were dropped, as those that they refer to are lost. */
  readonly orphans: number;
  /** Where the damaged database was moved; null where there was none any more. */
  readonly damaged: string | null;
  readonly registered: T;
}

/**
 * Makes a new embedded database from what can be read of the old one, from the copy that the last command left of its
 * rows, and from whatever `register` adds. The old one is moved aside when the new one is whole; nothing is deleted. One
 * that was killed is begun again.
 * @throws WinnowError DATABASE_BUSY, FILE_NOT_WRITABLE, DISK_FULL, RESOURCE_LIMIT; those of `register`
 */
export async function rescueDatabase<T>(
  { stateDir, holder }: { readonly stateDir: string; readonly holder: string },
  register: (db: Database) => Promise<T>,
): Promise<RescueResult<T>> {
  const folder = databaseFolder(stateDir);
  const release = await lockEmbedded(stateDir, holder);
  try {
    return await rescueLocked(stateDir, register);
  } catch (error) {
    throw openFailure(error, folder);
  } finally {
    await release();
  }
}

/** Of the new database, until it is whole. */
const draftFolder = (folder: string): string => `${folder}.rescue`;

async function rescueLocked<T>(stateDir: string, register: (db: Database) => Promise<T>): Promise<RescueResult<T>> {
  const folder = databaseFolder(stateDir);
  const draft = draftFolder(folder);
  await rm(draft, { recursive: true, force: true });
  const client = await PGlite.create({ dataDir: draft });
  try {
    const db = drizzle({ client, schema, casing: 'snake_case' });
    await migrate(db, { migrationsFolder: MIGRATIONS_DIR });
    const found = await fill(client, stateDir);
    const rows = await countRows(client);
    const registered = await register(db);
    await writeTableCopy(client, stateDir);
    await client.close();
    const damaged = await moveAside(folder);
    await rename(draft, folder);
    return { ...found, rows, damaged, registered };
  } finally {
    if (!client.closed) await client.close();
  }
}

interface Filled {
  readonly whole: readonly KeptTable[];
  readonly usedCopy: boolean;
  readonly orphans: number;
}

async function fill(client: PGlite, stateDir: string): Promise<Filled> {
  // Rows may come before those that they refer to, or without them.
  await client.exec('set session_replication_role = replica');
  const add = async (chunk: TableChunk): Promise<void> => void (await insertChunk(client, chunk));
  const folder = databaseFolder(stateDir);
  const { whole, broken }: Salvaged = (await isThere(folder))
    ? await salvageTables(folder, { scratch: `${folder}.reading`, draft: draftFolder(folder), onChunk: add })
    : { whole: [], broken: KEPT_TABLES };
  let usedCopy = false;
  try {
    for await (const chunk of readTableCopy(stateDir)) {
      if (!broken.includes(chunk.table)) continue;
      await add(chunk);
      usedCopy = true;
    }
  } catch {
    // A copy that is cut or changed: what came before the damage is taken.
  }
  const orphans = await dropOrphans(client);
  await client.exec('reset session_replication_role');
  return { whole, usedCopy, orphans };
}

async function moveAside(folder: string): Promise<string | null> {
  if (!(await isThere(folder))) return null;
  const aside = `${folder}.damaged-${new Date().toISOString().replace(/[-:.]/g, '')}`;
  await rename(folder, aside);
  return aside;
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

interface ForeignKey {
  readonly from: string;
  readonly to: string;
  /** Condition that joins a row `f` with the row `t` that it refers to. */
  readonly join: string;
}

/** Removes rows that refer to rows which are lost. @returns how many */
async function dropOrphans(client: PGlite): Promise<number> {
  const { rows: keys } = await client.query<ForeignKey>(`
    select c.conrelid::regclass::text as "from", c.confrelid::regclass::text as "to",
      string_agg(format('t.%I = f.%I', b.attname, a.attname), ' and ') as "join"
    from pg_constraint c
    cross join lateral unnest(c.conkey, c.confkey) as k(own, other)
    join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.own
    join pg_attribute b on b.attrelid = c.confrelid and b.attnum = k.other
    where c.contype = 'f' and c.connamespace = 'public'::regnamespace
    group by c.oid, c.conrelid, c.confrelid`);
  let dropped = 0;
  for (let before = -1; before !== dropped;) {
    before = dropped;
    for (const { from, to, join } of keys) {
      const { affectedRows } = await client.query(
        `delete from ${from} f where not exists (select from ${to} t where ${join})`,
      );
      dropped += affectedRows ?? 0;
    }
  }
  return dropped;
}

async function countRows(client: PGlite): Promise<Readonly<Record<KeptTable, number>>> {
  const counts = KEPT_TABLES.map((table) => `(select count(*)::integer from "${table}") as "${table}"`);
  const { rows } = await client.query<Record<KeptTable, number>>(`select ${counts.join(', ')}`);
  return rows[0] as Record<KeptTable, number>;
}
