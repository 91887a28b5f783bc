import { sql } from 'drizzle-orm';
import type { Database } from '../database';
import { shareCrawl } from './crawl-rounds';

/**
 * Notes that fetching these URLs begins. Whatever is recorded of one ends its try; a try that is never ended tells that the
 * process died at it.
 */
export async function beginTries(db: Database, project: string, urls: readonly string[]): Promise<void> {
  await changeTries(db, project, { urls, change: 1 });
}

/** Takes `beginTries` back: nothing came of these URLs, and they are not to blame. */
export async function withdrawTries(db: Database, project: string, urls: readonly string[]): Promise<void> {
  await changeTries(db, project, { urls, change: -1 });
}

async function changeTries(
  db: Database,
  project: string,
  { urls, change }: { readonly urls: readonly string[]; readonly change: 1 | -1 },
): Promise<void> {
  if (urls.length === 0) return;
  await db.transaction(async (tx) => {
    // Takedowns lock the project for themselves.
    await shareCrawl(tx, project);
    await tx.execute(sql`
      update fetches f set unfinished_tries = greatest(0, unfinished_tries + ${change}::integer)
      from unnest(${sql.param(urls)}::text[]) as u(url)
      where f.project = ${project} and md5(f.canonical_url) = md5(u.url) and f.canonical_url = u.url`);
  });
}
