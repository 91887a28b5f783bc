import { sql } from 'drizzle-orm';
import type { Database, DatabaseHandle } from '../database';
import { openInMemory } from '../open-embedded';
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
  return { ...handle, reset: () => truncateAll(handle.db) };
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

async function truncateAll(db: Database): Promise<void> {
  const tables = await queryColumn(db, sql`select tablename from pg_tables where schemaname = 'public' order by 1`);
  await db.execute(sql.raw(`truncate ${tables.map((name) => `"${name}"`).join(', ')} cascade`));
  const [hasJobs] = await queryColumn<boolean>(db, sql`select to_regclass('pgboss.job') is not null`);
  if (hasJobs === true) await db.execute(sql`delete from pgboss.job`);
}
