import { sql } from 'drizzle-orm';
import type { Outcome } from '@winnow/contracts';
import type { Database } from '../database';

/** What a project's crawl has come to; read from the tables alone, so it does not depend on how often it was stopped. */
export interface CrawlCounts {
  readonly hits: number;
  /** Different image URLs. */
  readonly urls: number;
  /** URLs by outcome, `stored` and the `duplicate_` outcomes among them; url_refused counts hits. */
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  /** URLs not tried yet. */
  readonly pending: number;
  /** URLs that failed and will be tried again by a later crawl. */
  readonly retryLater: number;
  readonly perEngine: Readonly<Record<string, GroupCounts>>;
  readonly perClass: Readonly<Record<string, GroupCounts>>;
}

export interface GroupCounts {
  readonly hits: number;
  readonly urls: number;
  /** Different files. */
  readonly images: number;
}

interface Row {
  readonly [column: string]: unknown;
}

/** Counts hits, URLs and outcomes of a project. */
export async function crawlCounts(db: Database, project: string): Promise<CrawlCounts> {
  const rows = async (query: ReturnType<typeof sql>): Promise<readonly Row[]> =>
    ((await db.execute(query)) as unknown as { rows: Row[] }).rows;
  const [totals] = await rows(sql`
    select count(*) as hits, count(distinct canonical_url) as urls,
      count(*) filter (where canonical_url is null) as refused
    from hits where project = ${project}`);
  const byOutcome = await rows(sql`
    select outcome, count(*) as urls, count(distinct sha256) as files,
      count(next_try_at) as later
    from fetches where project = ${project} group by outcome order by outcome collate "C"`);
  const perEngine = await rows(groupCounts(project, 'engine'));
  const perClass = await rows(groupCounts(project, 'class_name'));
  const hits = Number(totals?.['hits'] ?? 0);
  const urls = Number(totals?.['urls'] ?? 0);
  const refused = Number(totals?.['refused'] ?? 0);
  return {
    hits,
    urls,
    outcomes: outcomeCounts(byOutcome, { duplicateUrls: hits - refused - urls, refused }),
    pending: byOutcome.filter((row) => row['outcome'] === null).reduce((sum, row) => sum + Number(row['urls']), 0),
    retryLater: byOutcome.filter((row) => row['outcome'] !== null).reduce((sum, row) => sum + Number(row['later']), 0),
    perEngine: toGroups(perEngine),
    perClass: toGroups(perClass),
  };
}

function groupCounts(project: string, column: 'engine' | 'class_name') {
  return sql`
    select h.${sql.raw(column)} as name, count(distinct h.id) as hits, count(distinct h.canonical_url) as urls,
      count(distinct s.sha256) as images
    from hits h left join sightings s on s.hit_id = h.id
    where h.project = ${project} group by 1 order by h.${sql.raw(column)} collate "C"`;
}

function toGroups(rows: readonly Row[]): Record<string, GroupCounts> {
  return Object.fromEntries(
    rows.map((row) => [
      String(row['name']),
      { hits: Number(row['hits']), urls: Number(row['urls']), images: Number(row['images']) },
    ]),
  );
}

function outcomeCounts(
  rows: readonly Row[],
  listed: { readonly duplicateUrls: number; readonly refused: number },
): Partial<Record<Outcome, number>> {
  const counts: Partial<Record<Outcome, number>> = {};
  const add = (outcome: Outcome, count: number): void => {
    if (count > 0) counts[outcome] = count;
  };
  for (const row of rows) {
    if (row['outcome'] === null) continue;
    const outcome = row['outcome'] as Outcome;
    const files = Number(row['files']);
    // Which of two URLs with the same bytes came first is a matter of timing; how many there are is not.
    add(outcome, outcome === 'stored' ? files : Number(row['urls']));
    if (outcome === 'stored') add('duplicate_bytes', Number(row['urls']) - files);
  }
  add('duplicate_url', listed.duplicateUrls);
  add('url_refused', listed.refused);
  return counts;
}
