import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import type { PgTransactionConfig } from 'drizzle-orm/pg-core';
import type { Client, Pool } from 'pg';
import { isConnectionTrouble } from './connection-trouble';
import { MIGRATIONS_DIR } from './database';
import type { Database } from './database';
import * as schema from './schema';

/** Connections of a process, to a server or to the door of an embedded database. */
export const POOL_SIZE = 8;
/** Any number, the same in every process: two workers starting at once must not both migrate. */
const MIGRATION_LOCK = 7_296_114;

/** A lost connection must not end the process. */
export function outliveConnections(pool: Pool): void {
  // An idle one: the next query reports it.
  pool.on('error', () => undefined);
  // One in the middle of a transaction: its next query fails, and says so.
  pool.on('connect', (client) => client.on('error', () => undefined));
}

/** Connects, and brings the schema up to date. */
export async function connectAndMigrate(pool: Pool): Promise<void> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await migrateOnce(client as unknown as Client);
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    // A connection that failed is not used again.
    client.release(failure);
  }
}

/** The lock ends with the transaction, which is the migrator's from its own `begin` on. */
async function migrateOnce(client: Client): Promise<void> {
  await client.query('begin');
  await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
  await migrate(drizzle({ client, casing: 'snake_case' }), { migrationsFolder: MIGRATIONS_DIR });
  await client.query('commit');
}

/** A transaction of a pool. Drizzle's own keeps the connection for good where `begin` fails: some losses, and none is left. */
export async function poolTransaction<T>(
  pool: Pool,
  work: (tx: Parameters<Parameters<Database['transaction']>[0]>[0]) => Promise<T>,
  config?: PgTransactionConfig,
): Promise<T> {
  const client = await pool.connect();
  let failure: unknown;
  try {
    return await drizzle({ client, schema, casing: 'snake_case' }).transaction(work as never, config);
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    // A connection that failed is not used again.
    client.release(isConnectionTrouble(failure));
  }
}
