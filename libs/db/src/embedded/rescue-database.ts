import { access, cp, rename, rm } from 'node:fs/promises';
import type { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import type { Database } from '../database';
import { createPostgres } from './embedded-postgres';
import { embeddedFailure, openFailure } from './embedded-failure';
import { databaseFolder } from './embedded-state';
import { MIGRATIONS_DIR } from '../database';
import { lockEmbedded } from './embedded-cluster';
import { rescuedInputDigest } from '../repositories/build-records';
import { salvageTables } from './salvage-tables';
import type { OnChunk, Salvaged } from './salvage-tables';
import * as schema from '../schema';
import { insertChunk, KEPT_TABLES } from './table-chunks';
import type { KeptTable } from './table-chunks';
import { salvageCopy, tableCopyFile, writeTableCopy } from './table-copy';

export interface RescueResult<T> extends Filled {
  /** Rows by table in the new database, before `register`. */
  readonly rows: Readonly<Record<KeptTable, number>>;
  /** Where the damaged database was moved; null where there was none any more. */
  readonly damaged: string | null;
  /** Where the copy of its rows is kept, if not all of that could be taken; otherwise null. */
  readonly damagedCopy: string | null;
  readonly registered: T;
}

/**
 * Makes a new embedded database from what can be read of the old one, from the copy that the last command left of its
 * rows, and from whatever `register` adds. The old one is moved aside when the new one is whole and a damaged copy is
 * kept; nothing is deleted. One that was killed is begun again. A build that lacks rows of samples or of exclusions is left as
 * one that was rescued from its files, for `register` and the next build to complete.
 * @throws WinnowError DATABASE_BUSY, FILE_NOT_WRITABLE, DISK_FULL, RESOURCE_LIMIT; those of `register`
 */
export async function rescueDatabase<T>(
  { stateDir, holder }: { readonly stateDir: string; readonly holder: string },
  register: (db: Database) => Promise<T>,
): Promise<RescueResult<T>> {
  const folder = databaseFolder(stateDir);
  const lock = await lockEmbedded(stateDir, { holder });
  try {
    return await rescueLocked(stateDir, register);
  } catch (error) {
    throw openFailure(error, folder);
  } finally {
    await lock.release();
  }
}

/** Of the new database, until it is whole. */
const draftFolder = (folder: string): string => `${folder}.rescue`;

async function rescueLocked<T>(stateDir: string, register: (db: Database) => Promise<T>): Promise<RescueResult<T>> {
  const folder = databaseFolder(stateDir);
  const draft = draftFolder(folder);
  await rm(draft, { recursive: true, force: true });
  const client = await createPostgres({ dataDir: draft });
  let isMade = false;
  try {
    const db = drizzle({ client, schema, casing: 'snake_case' });
    await migrate(db, { migrationsFolder: MIGRATIONS_DIR });
    const { isCopyDamaged, ...filled } = await fill(client, stateDir);
    const rows = await countRows(client);
    const registered = await register(db);
    const copy = tableCopyFile(stateDir);
    const damagedCopy = isCopyDamaged ? asideOf(copy) : null;
    if (damagedCopy !== null) await cp(copy, damagedCopy);
    await writeTableCopy(client, stateDir);
    await client.close();
    isMade = true;
    const damaged = await moveAside(folder);
    await rename(draft, folder);
    return { ...filled, rows, damaged, damagedCopy, registered };
  } finally {
    if (!client.closed) await client.close().catch(() => undefined);
    if (!isMade) await rm(draft, { recursive: true, force: true });
  }
}

/** What came into the new database from the damaged one and the copy of its rows. */
interface Filled {
  /** Tables of which every row was read from the damaged database. */
  readonly whole: readonly KeptTable[];
  /** Of the others, those of which every row was read from the copy that the last command left. */
  readonly copied: readonly KeptTable[];
  /** Why rows could not be added, by table; not of tables that came whole from elsewhere. */
  readonly refused: Readonly<Partial<Record<KeptTable, string>>>;
  /** Rows that were dropped, as those that they refer to are lost. */
  readonly orphans: number;
}

async function fill(client: PGlite, stateDir: string): Promise<Filled & { readonly isCopyDamaged: boolean }> {
  // Rows may come before those that they refer to, or without them.
  await client.exec('set session_replication_role = replica');
  const folder = databaseFolder(stateDir);
  const refused = new Map<KeptTable, string>();
  const add: OnChunk = async (chunk) => {
    try {
      await insertChunk(client, chunk);
      return true;
    } catch (error) {
      const failure = embeddedFailure(error, draftFolder(folder));
      if (failure !== undefined && failure.code !== 'DATABASE_DAMAGED') throw failure;
      refused.set(chunk.table, (error as Error).message);
      return false;
    }
  };
  const { whole, broken }: Salvaged = (await isThere(folder))
    ? await salvageTables(folder, { scratch: `${folder}.reading`, draft: draftFolder(folder), onChunk: add })
    : { whole: [], broken: KEPT_TABLES };
  const copy = await salvageCopy(stateDir, async (chunk) => !broken.includes(chunk.table) || add(chunk));
  const copied = broken.filter((table) => copy.whole.includes(table));
  for (const table of copied) refused.delete(table);
  const orphans = await dropOrphans(client);
  const lacksRows = (table: KeptTable): boolean => !whole.includes(table) && !copied.includes(table);
  if (lacksRows('samples') || lacksRows('exclusions')) await markIncompleteBuilds(client);
  if (lacksRows('split_samples')) await dropIncompleteSplits(client);
  // Rows of pages that were followed may be lost.
  await client.exec('update queries set followed_pages = 0; reset session_replication_role');
  return { whole, copied, refused: Object.fromEntries(refused), orphans, isCopyDamaged: copy.isDamaged };
}

/** Removes splits that lack rows: they are not made again while they are there. */
async function dropIncompleteSplits(client: PGlite): Promise<void> {
  const incomplete = `select id from splits where (select count(*) from split_samples where split_id = id) <>
    (select coalesce(sum(value::integer), 0) from jsonb_each_text(counts))`;
  await client.exec(`
    create temp table incomplete as ${incomplete};
    delete from split_samples where split_id in (select id from incomplete);
    delete from splits where id in (select id from incomplete);
    drop table incomplete`);
}

/**
 * Makes builds that lack rows, of samples or of what was left out, those that were rescued from their files. The next build
 * tells their exclusions again.
 */
async function markIncompleteBuilds(client: PGlite): Promise<void> {
  await client.exec(`
    update builds set input_digest = '${rescuedInputDigest('')}' || id
      where (select count(*) from samples where build_id = id) <> sample_count
        or (select count(*) from exclusions where build_id = id) <>
          (select coalesce(sum(value::integer), 0) from jsonb_each_text(coalesce(counts -> 'outcomes', '{}')));
    delete from exclusions where build_id in (select id from builds where input_digest = '${rescuedInputDigest('')}' || id)`);
}

/** A name beside a file or folder under which it can be kept. */
const asideOf = (file: string): string => `${file}.damaged-${new Date().toISOString().replace(/[-:.]/g, '')}`;

async function moveAside(folder: string): Promise<string | null> {
  if (!(await isThere(folder))) return null;
  const aside = asideOf(folder);
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
