import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { Pool } from 'pg';
import type { Client } from 'pg';
import { WinnowError } from '@winnow/contracts';
import type { DatabaseHandle } from './database';
import { MIGRATIONS_DIR } from './open-database';
import * as schema from './schema';

const CONNECT_TIMEOUT_MILLIS = 5_000;
const POOL_SIZE = 8;
/** Any number, the same in every process: two workers starting at once must not both migrate. */
const MIGRATION_LOCK = 7_296_114;

/** Connects to a Postgres server. @throws WinnowError DATABASE_UNREACHABLE */
export async function openPostgres(url: string): Promise<DatabaseHandle> {
  const where = describeServer(url);
  const pool = new Pool({ connectionString: url, max: POOL_SIZE, connectionTimeoutMillis: CONNECT_TIMEOUT_MILLIS });
  // An idle connection that the server drops must not end the process: the next query reports it.
  pool.on('error', () => undefined);
  try {
    const client = await pool.connect();
    try {
      await migrateOnce(client as unknown as Client);
    } finally {
      client.release();
    }
  } catch (error) {
    await pool.end();
    const reason =
      error instanceof Error && error.message !== ''
        ? error.message
        : String((error as { code?: string }).code ?? error);
    throw new WinnowError('DATABASE_UNREACHABLE', `The database cannot be used: ${reason}`, {
      where: `DATABASE_URL, ${where}`,
      next: 'Start the server, correct DATABASE_URL, or unset it to use the embedded database.',
      cause: error,
    });
  }
  return { db: drizzle({ client: pool, schema, casing: 'snake_case' }), kind: 'postgres', close: () => pool.end() };
}

async function migrateOnce(client: Client): Promise<void> {
  await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
  try {
    await migrate(drizzle({ client, casing: 'snake_case' }), { migrationsFolder: MIGRATIONS_DIR });
  } finally {
    await client.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]);
  }
}

/** Host and port without the password. */
function describeServer(url: string): string {
  try {
    const parsed = new URL(url);
    return `${parsed.hostname || 'local socket'}:${parsed.port || '5432'}`;
  } catch {
    throw new WinnowError('CONFIG_INVALID', 'DATABASE_URL is not a URL', {
      where: 'environment variable DATABASE_URL',
      next: 'Use the form postgres://user:password@host:5432/database, or unset it.',
    });
  }
}
