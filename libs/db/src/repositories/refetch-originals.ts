import { sql } from 'drizzle-orm';
import type { Database } from '../database';

/**
 * Makes URLs due whose stored copies are to be fetched again, whatever the server said of how long they hold.
 * @param digests sha256 of originals, hex
 * @returns those of the digests that some URL led to; a server may have another picture there by now
 */
export async function refetchOriginals(
  db: Database,
  project: string,
  digests: readonly string[],
  now: Date,
): Promise<ReadonlySet<string>> {
  if (digests.length === 0) return new Set();
  const { rows } = (await db.execute(sql`
    update fetches set next_try_at = ${now.toISOString()}::timestamptz
    where project = ${project} and sha256 = any(${sql.param([...digests])}::text[])
    returning sha256`)) as unknown as { rows: { sha256: string }[] };
  return new Set(rows.map(({ sha256 }) => sha256));
}
