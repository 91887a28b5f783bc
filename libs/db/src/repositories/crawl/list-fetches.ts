import { sql } from 'drizzle-orm';
import type { Outcome, StudioFetch } from '@winnow/contracts';
import type { Database } from '../../database';
import { queryRows } from '../../query';

/** One URL of a crawl, as it is now. */
export interface ListedFetch extends Omit<StudioFetch, 'link' | 'at' | 'nextTryAt'> {
  readonly at: Date;
  readonly nextTryAt: Date | null;
}

/**
 * URLs of a project that came to an outcome (null: of which nothing is known yet), those tried last first.
 * @returns how many there are in all, and a part of them
 */
export async function listFetches(
  db: Database,
  project: string,
  { outcome, from, count }: { readonly outcome: Outcome | null; readonly from: number; readonly count: number },
): Promise<{ readonly total: number; readonly fetches: readonly ListedFetch[] }> {
  const which = sql`project = ${project} and outcome is not distinct from ${outcome}`;
  const [counted] = await queryRows<{ readonly total: number }>(
    db,
    sql`select count(*)::integer as total from fetches where ${which}`,
  );
  const fetches = await queryRows<Record<keyof ListedFetch, unknown>>(
    db,
    sql`select canonical_url as url, host, status, detail, attempts, updated_at as at, next_try_at as "nextTryAt"
      from fetches where ${which}
      order by updated_at desc, canonical_url collate "C" limit ${count} offset ${from}`,
  );
  return {
    total: counted?.total ?? 0,
    fetches: fetches.map((row) => ({
      ...(row as unknown as ListedFetch),
      at: new Date(row.at as string),
      nextTryAt: row.nextTryAt === null ? null : new Date(row.nextTryAt as string),
    })),
  };
}
