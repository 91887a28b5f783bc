import { eq, sql } from 'drizzle-orm';
import type { Database } from '../database';
import { hosts } from '../schema';

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
