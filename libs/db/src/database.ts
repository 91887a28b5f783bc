import path from 'node:path';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import type * as schema from './schema';

/** Queries on either driver: a Postgres server or the embedded PGlite. A transaction has the same type. */
export type Database = PgDatabase<PgQueryResultHKT, typeof schema>;

/** Runs SQL as it is; without values it may hold several statements. */
export type ExecuteSql = (
  text: string,
  values?: readonly unknown[],
) => Promise<{ readonly rows: Record<string, unknown>[] }>;

/** An open database; `close` must be called, or the process does not end. */
export interface DatabaseHandle {
  readonly db: Database;
  readonly kind: 'postgres' | 'pglite';
  /** Nobody else can be at work on it until it is closed: an embedded one that was opened so. */
  readonly isAlone: boolean;
  readonly executeSql: ExecuteSql;
  /** Of this process to a server, by their state; left out for an embedded database. */
  connections?(): { readonly idle: number; readonly busy: number; readonly waiting: number };
  close(): Promise<void>;
}

/** The one set of migrations, for both drivers. */
export const MIGRATIONS_DIR = path.resolve(__dirname, '../../../migrations');
