import { sql } from 'drizzle-orm';
import type { Outcome, ResponseClass } from '@winnow/contracts';
import type { Database } from '../../database';
import { queryColumn, queryRows } from '../../query';

/** URLs of one minute that came to the same outcome. */
interface MinuteCount {
  /** ISO 8601, its start. */
  readonly minute: string;
  readonly outcome: Outcome;
  readonly urls: number;
}

/** How one engine of a project is. */
interface EngineActivity {
  readonly engine: string;
  /** Results listed. */
  readonly listed: number;
  readonly lastClass: ResponseClass | null;
  readonly lastAnswerAt: Date | null;
  readonly suspendedUntil: Date | null;
  readonly reason: ResponseClass | null;
}

/** What a person watches of a crawl beside its progress by class. */
export interface CrawlMonitor {
  /** URLs by outcome, most frequent first. */
  readonly outcomes: readonly { readonly outcome: Outcome; readonly urls: number }[];
  /** URLs of which nothing is known yet. */
  readonly pending: number;
  /** Of the last hour, oldest first; a URL counts in the minute in which it was tried last. */
  readonly minutes: readonly MinuteCount[];
  /** In the byte order of their names. */
  readonly engines: readonly EngineActivity[];
  /** Hosts with most URLs waiting, and until when they are left alone. */
  readonly hosts: readonly { readonly host: string; readonly waiting: number; readonly until: Date | null }[];
  /** sha256 of the newest stored images, newest first. */
  readonly latest: readonly string[];
}

const MAX_HOSTS = 10;
const MAX_LATEST = 60;

/** Reads tables alone: what it says does not depend on who crawls. */
export async function crawlMonitor(db: Database, project: string, now: Date): Promise<CrawlMonitor> {
  const byOutcome = await queryRows<{ readonly outcome: Outcome | null; readonly urls: number }>(
    db,
    sql`select outcome, count(*)::integer as urls from fetches where project = ${project}
      group by outcome order by urls desc, outcome collate "C"`,
  );
  return {
    outcomes: byOutcome.flatMap(({ outcome, urls }) => (outcome === null ? [] : [{ outcome, urls }])),
    pending: byOutcome.find(({ outcome }) => outcome === null)?.urls ?? 0,
    minutes: await minuteCounts(db, project, now),
    engines: await engineActivity(db, project),
    hosts: await waitingHosts(db, project, now),
    latest: await queryColumn(
      db,
      sql`select i.sha256 from images i
        where exists (select from sightings s where s.project = ${project} and s.sha256 = i.sha256)
        order by i.stored_at desc, i.sha256 limit ${MAX_LATEST}`,
    ),
  };
}

async function minuteCounts(db: Database, project: string, now: Date): Promise<readonly MinuteCount[]> {
  return queryRows<MinuteCount>(
    db,
    sql`
      select to_char(date_trunc('minute', updated_at at time zone 'UTC'), 'YYYY-MM-DD"T"HH24:MI:00"Z"') as minute, outcome,
        count(*)::integer as urls
      from fetches where project = ${project} and outcome is not null
        and updated_at > ${now.toISOString()}::timestamptz - interval '1 hour'
      group by 1, 2 order by 1, outcome collate "C"`,
  );
}

async function engineActivity(db: Database, project: string): Promise<readonly EngineActivity[]> {
  const rows = await queryRows<Record<keyof EngineActivity, unknown>>(
    db,
    sql`
      select q.engine, sum(q.hit_count)::integer as listed, e.last_class as "lastClass",
        e.last_answer_at as "lastAnswerAt", e.suspended_until as "suspendedUntil", e.reason
      from queries q left join engines e on e.engine = q.engine
      where q.project = ${project}
      group by q.engine, e.last_class, e.last_answer_at, e.suspended_until, e.reason order by q.engine collate "C"`,
  );
  return rows.map((row) => ({
    ...(row as unknown as EngineActivity),
    lastAnswerAt: toDate(row.lastAnswerAt),
    suspendedUntil: toDate(row.suspendedUntil),
  }));
}

async function waitingHosts(db: Database, project: string, now: Date): Promise<CrawlMonitor['hosts']> {
  const rows = await queryRows<{ readonly host: string; readonly waiting: number; readonly until: unknown }>(
    db,
    sql`
      select f.host, f.waiting, greatest(h.next_allowed_at, h.suspended_until) as until
      from (select host, count(*)::integer as waiting from fetches
        where project = ${project} and outcome is null
        group by host order by waiting desc, host collate "C" limit ${MAX_HOSTS}) f
      left join hosts h on h.host = f.host order by f.waiting desc, f.host collate "C"`,
  );
  return rows.map(({ until: given, ...row }) => {
    const until = toDate(given);
    return { ...row, until: until !== null && until > now ? until : null };
  });
}

/** The drivers give times as dates or as text. */
function toDate(value: unknown): Date | null {
  if (value === null || value === undefined) return null;
  return value instanceof Date ? value : new Date(String(value));
}
