import { integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

/** Politeness towards one host, shared by every worker on this database. */
export const hosts = pgTable('hosts', {
  host: text().primaryKey(),
  nextAllowedAt: timestamp({ withTimezone: true }),
  failures: integer().notNull().default(0),
  suspendedUntil: timestamp({ withTimezone: true }),
  crawlDelayMillis: integer(),
  /** The one process that may send requests to this host now, and until when. */
  leaseHolder: text(),
  leaseUntil: timestamp({ withTimezone: true }),
  /** robots.txt as served; null when there is none. */
  robotsText: text(),
  robotsStatus: integer(),
  robotsFetchedAt: timestamp({ withTimezone: true }),
});
