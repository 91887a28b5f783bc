import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { IMPORT_ENGINES } from '@winnow/contracts';
import type { Outcome } from '@winnow/contracts';
import type { Database } from '../database';

/** `search`: what engines listed. `import`: what a person imported, URLs that a crawl fetched for it among it. */
export type CountedOrigin = 'search' | 'import';

/** What a project's crawl has come to; read from the tables alone, so it does not depend on how often it was stopped. */
export interface CrawlCounts {
  readonly hits: number;
  /** Different image URLs. */
  readonly urls: number;
  /** Hits of which a file is stored. */
  readonly seen: number;
  /** Different files of these. */
  readonly images: number;
  /** URLs by outcome, `stored` and the `duplicate_` outcomes among them; url_refused counts hits. */
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  /** URLs not tried yet. */
  readonly pending: number;
  /** URLs that failed and will be tried again by a later crawl. */
  readonly retryLater: number;
  readonly perEngine: Readonly<Record<string, GroupCounts>>;
  /** Imports alone, by the name of their source. */
  readonly perSource: Readonly<Record<string, GroupCounts>>;
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
interface QueryCounts extends GroupCounts {
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

/**
 * Counts hits, URLs and outcomes of a project.
 * @param origin counts these alone; default: all
 */
export async function crawlCounts(db: Database, project: string, origin?: CountedOrigin): Promise<CrawlCounts> {
  const rows = async (query: SQL): Promise<readonly Row[]> =>
    ((await db.execute(query)) as unknown as { rows: Row[] }).rows;
  const hits = hitsOf(project, origin);
  const [totals] = await rows(sql`
    select count(distinct h.id) as hits, count(distinct h.canonical_url) as urls,
      count(distinct h.id) filter (where h.canonical_url is null) as refused,
      count(distinct s.hit_id) as seen, count(distinct s.sha256) as images
    from hits h left join sightings s on s.hit_id = h.id where ${hits}`);
  const byOutcome = await rows(sql`
    select f.outcome, count(*) as urls, count(distinct f.sha256) as files, count(f.next_try_at) as later
    from fetches f where f.project = ${project} ${
      origin === undefined
        ? sql``
        : sql`and exists (
      select from hits h where ${hits} and md5(h.canonical_url) = md5(f.canonical_url)
        and h.canonical_url = f.canonical_url)`
    }
    group by f.outcome order by f.outcome collate "C"`);
  const total = (name: string): number => Number(totals?.[name] ?? 0);
  const refused = total('refused');
  return {
    hits: total('hits'),
    urls: total('urls'),
    seen: total('seen'),
    images: total('images'),
    outcomes: outcomeCounts(byOutcome, { duplicateUrls: total('hits') - refused - total('urls'), refused }),
    pending: byOutcome.filter((row) => row['outcome'] === null).reduce((sum, row) => sum + Number(row['urls']), 0),
    retryLater: byOutcome.filter((row) => row['outcome'] !== null).reduce((sum, row) => sum + Number(row['later']), 0),
    perEngine: toGroups(await rows(groupCounts(hits, 'engine'))),
    perSource: toGroups(await rows(groupCounts(hitsOf(project, 'import'), 'query'))),
    perClass: toGroups(await rows(groupCounts(hits, 'class_name'))),
    perQuery: (await rows(queryCounts(project))).map(toQueryCounts),
  };
}

/** Condition on a hit `h`. */
function hitsOf(project: string, origin?: CountedOrigin): SQL {
  const imports = sql`h.engine = any(${sql.param([...IMPORT_ENGINES])}::text[])`;
  const wanted = origin === undefined ? sql`true` : origin === 'import' ? imports : sql`not ${imports}`;
  return sql`h.project = ${project} and ${wanted}`;
}

function groupCounts(hits: SQL, column: 'engine' | 'query' | 'class_name'): SQL {
  return sql`
    select h.${sql.raw(column)} as name, count(distinct h.id) as hits, count(distinct h.canonical_url) as urls,
      count(distinct s.sha256) as images
    from hits h left join sightings s on s.hit_id = h.id
    where ${hits} group by 1 order by h.${sql.raw(column)} collate "C"`;
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
