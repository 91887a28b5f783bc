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
  /** Every query that was put to an engine, by class, engine, text and variant. */
  readonly perQuery: readonly QueryCounts[];
}

export interface GroupCounts {
  readonly hits: number;
  readonly urls: number;
  /** Different files. */
  readonly images: number;
}

/** What one query of one engine has given. */
export interface QueryCounts extends GroupCounts {
  readonly className: string;
  readonly engine: string;
  readonly query: string;
  /** What it asked for besides its text; empty for the plain query. */
  readonly variant: string;
  readonly pages: number;
  readonly state: string;
  readonly responseClass: string | null;
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
    perQuery: (await rows(queryCounts(project))).map(toQueryCounts),
  };
}

function groupCounts(project: string, column: 'engine' | 'class_name') {
  return sql`
    select h.${sql.raw(column)} as name, count(distinct h.id) as hits, count(distinct h.canonical_url) as urls,
      count(distinct s.sha256) as images
    from hits h left join sightings s on s.hit_id = h.id
    where h.project = ${project} group by 1 order by h.${sql.raw(column)} collate "C"`;
}

function queryCounts(project: string) {
  return sql`
    select q.class_name, q.engine, q.query, q.variant, q.pages, q.state, q.response_class,
      count(distinct h.id) as hits, count(distinct h.canonical_url) as urls, count(distinct s.sha256) as images
    from queries q
    left join hits h on h.project = q.project and h.class_name = q.class_name and h.engine = q.engine
      and h.query = q.query and h.variant = q.variant
    left join sightings s on s.hit_id = h.id
    where q.project = ${project} and (q.pages > 0 or q.response_class is not null)
    group by q.class_name, q.engine, q.query, q.variant, q.pages, q.state, q.response_class
    order by q.class_name collate "C", q.engine collate "C", q.query collate "C", q.variant collate "C"`;
}

function toQueryCounts(row: Row): QueryCounts {
  const responseClass = row['response_class'];
  return {
    className: String(row['class_name']),
    engine: String(row['engine']),
    query: String(row['query']),
    variant: String(row['variant']),
    pages: Number(row['pages']),
    state: String(row['state']),
    responseClass: typeof responseClass === 'string' ? responseClass : null,
    hits: Number(row['hits']),
    urls: Number(row['urls']),
    images: Number(row['images']),
  };
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
    if (count > 0) counts[outcome] = (counts[outcome] ?? 0) + count;
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
