import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { IMPORT_ENGINES } from '@winnow/contracts';
import type { Outcome } from '@winnow/contracts';
import type { Database } from '../../database';
import { queryRows, sameUrl, textList } from '../../query';

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

/**
 * Counts hits, URLs and outcomes of a project.
 * @param origin counts these alone; default: all
 */
export async function crawlCounts(db: Database, project: string, origin?: CountedOrigin): Promise<CrawlCounts> {
  const hits = hitsOf(project, origin);
  const [totals] = await queryRows<HitTotals>(
    db,
    sql`
      select count(distinct h.id)::integer as hits, count(distinct h.canonical_url)::integer as urls,
        count(distinct h.id) filter (where h.canonical_url is null)::integer as refused,
        count(distinct s.hit_id)::integer as seen, count(distinct s.sha256)::integer as images
      from hits h left join sightings s on s.hit_id = h.id where ${hits}`,
  );
  const { refused, ...counted } = totals ?? { hits: 0, urls: 0, refused: 0, seen: 0, images: 0 };
  const ofOrigin =
    origin === undefined
      ? sql`true`
      : sql`exists (select from hits h where ${hits} and ${sameUrl('h.canonical_url', 'f.canonical_url')})`;
  const byOutcome = await queryRows<OutcomeRow>(
    db,
    sql`
      select f.outcome, count(*)::integer as urls, count(distinct f.sha256)::integer as files,
        count(f.next_try_at)::integer as later
      from fetches f where f.project = ${project} and ${ofOrigin}
      group by f.outcome order by f.outcome collate "C"`,
  );
  const fetched = byOutcome.filter(({ outcome }) => outcome !== null);
  return {
    ...counted,
    outcomes: outcomeCounts(fetched, { duplicateUrls: counted.hits - refused - counted.urls, refused }),
    pending: byOutcome.find(({ outcome }) => outcome === null)?.urls ?? 0,
    retryLater: fetched.reduce((sum, { later }) => sum + later, 0),
    perEngine: await groupCounts(db, hits, 'engine'),
    perSource: await groupCounts(db, hitsOf(project, 'import'), 'query'),
    perClass: await groupCounts(db, hits, 'class_name'),
    perQuery: await queryRows<QueryCounts>(db, queryCounts(project)),
  };
}

interface HitTotals extends Pick<CrawlCounts, 'hits' | 'urls' | 'seen' | 'images'> {
  readonly refused: number;
}

/** URLs that came to the same outcome, and how many different files they led to. */
interface OutcomeRow {
  readonly outcome: Outcome | null;
  readonly urls: number;
  readonly files: number;
  /** To be tried again. */
  readonly later: number;
}

/** Over hits `h` and their sightings `s`. */
const GROUP_COUNTS = sql`count(distinct h.id)::integer as hits, count(distinct h.canonical_url)::integer as urls,
  count(distinct s.sha256)::integer as images`;

/** Condition on a hit `h`. */
function hitsOf(project: string, origin?: CountedOrigin): SQL {
  const imports = sql`h.engine = any(${textList(IMPORT_ENGINES)})`;
  const wanted = origin === undefined ? sql`true` : origin === 'import' ? imports : sql`not ${imports}`;
  return sql`h.project = ${project} and ${wanted}`;
}

async function groupCounts(
  db: Database,
  hits: SQL,
  column: 'engine' | 'query' | 'class_name',
): Promise<Readonly<Record<string, GroupCounts>>> {
  const rows = await queryRows<GroupCounts & { readonly name: string }>(
    db,
    sql`
      select h.${sql.raw(column)} as name, ${GROUP_COUNTS}
      from hits h left join sightings s on s.hit_id = h.id
      where ${hits} group by 1 order by h.${sql.raw(column)} collate "C"`,
  );
  return Object.fromEntries(rows.map(({ name, ...counts }) => [name, counts]));
}

function queryCounts(project: string) {
  return sql`
    select q.class_name as "className", q.engine, q.query, q.variant, q.pages, q.state,
      q.response_class as "responseClass", ${GROUP_COUNTS}
    from queries q
    left join hits h on h.project = q.project and h.class_name = q.class_name and h.engine = q.engine
      and h.query = q.query and h.variant = q.variant
    left join sightings s on s.hit_id = h.id
    where q.project = ${project} and (q.pages > 0 or q.response_class is not null)
    group by q.class_name, q.engine, q.query, q.variant, q.pages, q.state, q.response_class
    order by q.class_name collate "C", q.engine collate "C", q.query collate "C", q.variant collate "C"`;
}

function outcomeCounts(
  fetched: readonly OutcomeRow[],
  listed: { readonly duplicateUrls: number; readonly refused: number },
): Partial<Record<Outcome, number>> {
  const counts: Partial<Record<Outcome, number>> = {};
  const add = (outcome: Outcome, count: number): void => {
    if (count > 0) counts[outcome] = (counts[outcome] ?? 0) + count;
  };
  for (const { outcome, urls, files } of fetched) {
    if (outcome === null) continue;
    // Which of two URLs with the same bytes came first is a matter of timing; how many there are is not.
    add(outcome, outcome === 'stored' ? files : urls);
    if (outcome === 'stored') add('duplicate_bytes', urls - files);
  }
  add('duplicate_url', listed.duplicateUrls);
  add('url_refused', listed.refused);
  return counts;
}
