import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import type { Client, Pool } from 'pg';
import { MIGRATIONS_DIR } from './database';

/** Any number, the same in every process: two workers starting at once must not both migrate. */
const MIGRATION_LOCK = 7_296_114;

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
