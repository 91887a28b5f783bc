import { index, integer, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';
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
    /** Null until something was learnt about the URL. */
    outcome: text().$type<Outcome>(),
    detail: text(),
    attempts: integer().notNull().default(0),
    /** Null: not to be tried again unless asked for. */
    nextTryAt: timestamp({ withTimezone: true }),
    /** The page that listed the picture, for one retry with a Referer. */
    pageUrl: text(),
    finalUrl: text(),
    status: integer(),
    sha256: text(),
    etag: text(),
    lastModified: text(),
    updatedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.project, table.canonicalUrl] }),
    index('fetches_due').on(table.project, table.nextTryAt),
  ],
);
