import type { PgTransactionConfig } from 'drizzle-orm/pg-core';
import { drizzle } from 'drizzle-orm/node-postgres';
import type { Pool } from 'pg';
import { isConnectionTrouble } from './connection-trouble';
import type { Database } from './database';
import * as schema from './schema';

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
