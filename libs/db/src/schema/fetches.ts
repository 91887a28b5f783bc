import { sql } from 'drizzle-orm';
import { index, integer, pgTable, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core';
import type { Outcome } from '@winnow/contracts';
import { projects } from './projects';

/** One image URL: what came of fetching it, and when to try again. */
export const fetches = pgTable(
  'fetches',
  {
    project: text()
      .notNull()
      .references(() => projects.name),
    canonicalUrl: text().notNull(),
    /** With the port, where it is not the usual one. */
    host: text().notNull(),
    /** Null until something was learnt about the URL. */
    outcome: text().$type<Outcome>(),
    detail: text(),
    attempts: integer().notNull().default(0),
    /** Fetches begun and not ended, in a row: as a rule the process died at them. */
    unfinishedTries: integer().notNull().default(0),
    /** Null: not to be tried again unless asked for. */
    nextTryAt: timestamp({ withTimezone: true }),
    /** The page that listed the picture, for one retry with a Referer. */
    pageUrl: text(),
    finalUrl: text(),
    status: integer(),
    sha256: text(),
    etag: text(),
    lastModified: text(),
    /** Until when the answer may be used without asking again (RFC 9111); null: not stated. */
    freshUntil: timestamp({ withTimezone: true }),
    updatedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    // By digest: URLs may be longer than an index entry.
    uniqueIndex('fetches_url').on(table.project, sql`md5(${table.canonicalUrl})`),
    index('fetches_host').on(table.project, table.host),
    index('fetches_due').on(table.project, table.nextTryAt),
  ],
);
