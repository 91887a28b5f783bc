import { sql } from 'drizzle-orm';
import type { Database, DatabaseHandle } from '../database';
import { openInMemory } from '../embedded/open-embedded';
import { openPostgres } from '../open-postgres';
import { queryColumn } from '../query';

/** A database for specs, with `reset` between tests. */
export interface TestDatabase extends DatabaseHandle {
  /** Empties every table. */
  reset(): Promise<void>;
}

/**
 * Opens an empty database for a spec: in memory, or on the server at `url`, in a database of its own.
 * One a spec file and `reset` between tests: starting one a test is some fifty times slower.
 */
export async function createTestDatabase(url?: string): Promise<TestDatabase> {
  const handle = url === undefined ? await openInMemory() : await openOwnDatabase(url);
  return { ...handle, reset: () => emptyTables(handle.db) };
}

async function openOwnDatabase(url: string): Promise<DatabaseHandle> {
  const admin = await openPostgres(url);
  const name = `winnow_spec_${process.pid}_${String(process.hrtime.bigint())}`;
  await admin.db.execute(sql.raw(`create database ${name}`));
  const own = new URL(url);
  own.pathname = `/${name}`;
  const handle = await openPostgres(own.href);
  return {
    ...handle,
    async close() {
      await handle.close();
      await admin.db.execute(sql.raw(`drop database ${name} with (force)`));
      await admin.close();
    },
  };
}

/** Files of so many bytes are made anew; in smaller ones rows are deleted, as new files of fifty indices take a third of a second. */
const LARGE_BYTES = 500_000;

async function emptyTables(db: Database): Promise<void> {
  const tables = `from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`;
  const large = await queryColumn(
    db,
    sql.raw(`select relname ${tables} and pg_relation_size(oid) > ${LARGE_BYTES} order by 1`),
  );
  if (large.length > 0) await db.execute(sql.raw(`truncate ${large.map((name) => `"${name}"`).join(', ')} cascade`));
  const used = await queryColumn(db, sql.raw(`select relname ${tables} and pg_relation_size(oid) > 0 order by 1`));
  // In one statement, at whose end no row refers to one that is gone.
  const deletions = used.map((name, index) => `d${index} as (delete from "${name}")`);
  if (used.length > 0) await db.execute(sql.raw(`with ${deletions.join(', ')} select 1`));
  const [hasJobs] = await queryColumn<boolean>(db, sql`select to_regclass('pgboss.job') is not null`);
  if (hasJobs === true) await db.execute(sql`delete from pgboss.job`);
}
