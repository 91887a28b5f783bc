import { eq, sql } from 'drizzle-orm';
import type { Database } from '../../database';
import { queryColumn, queryRows, textList } from '../../query';
import { hosts } from '../../schema';

/** robots.txt of one host as it was served. */
export interface StoredRobots {
  /** Null when there is none, or it could not be had. */
  readonly text: string | null;
  /** Null when no answer came. */
  readonly status: number | null;
  readonly fetchedAt: Date;
}

export interface HostRecord {
  readonly robots: StoredRobots | null;
  readonly suspendedUntil: Date | null;
}

/** What is known about a host from earlier runs; undefined for a new one. */
export async function readHost(db: Database, host: string): Promise<HostRecord | undefined> {
  const [row] = await db.select().from(hosts).where(eq(hosts.host, host));
  if (row === undefined) return undefined;
  return {
    robots:
      row.robotsFetchedAt === null
        ? null
        : { text: row.robotsText, status: row.robotsStatus, fetchedAt: row.robotsFetchedAt },
    suspendedUntil: row.suspendedUntil,
  };
}

export async function saveRobots(
  db: Database,
  host: string,
  robots: StoredRobots & { readonly crawlDelayMillis: number | null },
): Promise<void> {
  const set = {
    robotsText: robots.text,
    robotsStatus: robots.status,
    robotsFetchedAt: robots.fetchedAt,
    crawlDelayMillis: robots.crawlDelayMillis,
  };
  await db
    .insert(hosts)
    .values({ host, ...set })
    .onConflictDoUpdate({ target: hosts.host, set });
}

/** A host's tdmrep.json as it was served. */
export interface StoredTdm {
  /** Null when there is none, or it could not be had. */
  readonly text: string | null;
  /** Null when no answer came. */
  readonly status: number | null;
  readonly fetchedAt: Date;
}

/** A row of its own, beside the host's: no host has a slash in its name. */
const tdmKey = (host: string): string => `${host}/.well-known/tdmrep.json`;

/** The reservations of text and data mining that a host stated to an earlier run; undefined for a new host. */
export async function readTdm(db: Database, host: string): Promise<StoredTdm | undefined> {
  return (await readHost(db, tdmKey(host)))?.robots ?? undefined;
}

export async function saveTdm(db: Database, host: string, tdm: StoredTdm): Promise<void> {
  await saveRobots(db, tdmKey(host), { ...tdm, crawlDelayMillis: null });
}

/** Nothing is to be asked of this host before the given time. */
export async function suspendHost(db: Database, host: string, until: Date): Promise<void> {
  await db
    .insert(hosts)
    .values({ host, suspendedUntil: until, failures: 1 })
    .onConflictDoUpdate({
      target: hosts.host,
      set: { suspendedUntil: until, failures: sql`${hosts.failures} + 1` },
    });
}

/** A host that this process alone may send requests to for a while. */
export interface HostLease {
  readonly host: string;
  /** Until the next request may start, by what others have sent before. */
  readonly waitMillis: number;
  /** Until the host asked to be left alone; 0 for most. */
  readonly suspendedMillis: number;
}

/**
 * Takes hosts for a holder, so that many processes together are as gentle as one. Those that another living holder has
 * are not among the result. Times are the database's, as clocks of machines differ.
 */
export async function takeHosts(
  db: Database,
  {
    holder,
    hosts,
    leaseMillis,
  }: { readonly holder: string; readonly hosts: readonly string[]; readonly leaseMillis: number },
): Promise<readonly HostLease[]> {
  return queryRows<HostLease>(
    db,
    sql`
      insert into hosts (host, lease_holder, lease_until)
      select host, ${holder}, clock_timestamp() + ${leaseMillis} * interval '1 millisecond'
      from unnest(${textList([...hosts].sort())}) as wanted(host) order by host
      on conflict (host) do update set lease_holder = excluded.lease_holder, lease_until = excluded.lease_until
      where hosts.lease_holder is null or hosts.lease_until < clock_timestamp() or hosts.lease_holder = excluded.lease_holder
      returning host, least(${LONGEST_DELAY_MILLIS}::float8, ${millisUntil('next_allowed_at')}) as "waitMillis",
        ${millisUntil('suspended_until')} as "suspendedMillis"`,
  );
}

/** No delay that can be set is longer, jitter included: more is left of a clock that was ahead. */
const LONGEST_DELAY_MILLIS = 660_000;

/** Whole milliseconds until a time; 0 where it is past or null. */
function millisUntil(column: 'next_allowed_at' | 'suspended_until') {
  return sql`ceil(greatest(0, extract(epoch from ${sql.raw(column)} - clock_timestamp()) * 1000))::float8`;
}

/** Gives hosts back, with the time until the next request may start at each. */
export async function giveHostsBack(
  db: Database,
  holder: string,
  hosts: readonly { readonly host: string; readonly waitMillis: number }[],
): Promise<void> {
  if (hosts.length === 0) return;
  const sorted = [...hosts].sort((a, b) => (a.host < b.host ? -1 : 1));
  await db.execute(sql`
    update hosts h set lease_holder = null, lease_until = null,
      next_allowed_at = clock_timestamp() + r.wait_millis * interval '1 millisecond'
    from (select host, wait_millis from unnest(${textList(sorted.map(({ host }) => host))},
      ${sql.param(sorted.map(({ waitMillis }) => Math.ceil(waitMillis)))}::float8[]) as u(host, wait_millis)) r
    where h.host = r.host and h.lease_holder = ${holder}`);
}

/**
 * Keeps hosts of a holder for longer. What else is still marked as the holder's runs out by itself.
 * @returns those that it still has
 */
export async function keepHosts(
  db: Database,
  holder: string,
  { hosts, leaseMillis }: { readonly hosts: readonly string[]; readonly leaseMillis: number },
): Promise<ReadonlySet<string>> {
  if (hosts.length === 0) return new Set();
  const kept = sql`
    update hosts set lease_until = clock_timestamp() + ${leaseMillis} * interval '1 millisecond'
    where lease_holder = ${holder} and host = any(${textList(hosts)}) returning host`;
  return new Set(await queryColumn(db, kept));
}

/** Says before a request is sent, or when a host asks for a pause, how long nobody may ask again: in case of a sudden end. */
export async function postponeHost(db: Database, host: string, waitMillis: number): Promise<void> {
  await db.execute(sql`
    update hosts set next_allowed_at = greatest(next_allowed_at, clock_timestamp() + ${Math.ceil(waitMillis)} * interval '1 millisecond')
    where host = ${host}`);
}

/** Takes all hosts from whoever has them: for a database that only this process uses. */
export async function freeHosts(db: Database): Promise<void> {
  await db.execute(sql`update hosts set lease_holder = null, lease_until = null where lease_holder is not null`);
}
