import { bigint, index, integer, pgTable, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core';
import { projects } from './projects';

/** One search result: where a picture was listed, under which label, with its stated licence. */
export const hits = pgTable(
  'hits',
  {
    /** sha256 of project, class, engine, query, page and rank: the same listing gives the same id. */
    id: text().primaryKey(),
    project: text()
      .notNull()
      .references(() => projects.name),
    className: text().notNull(),
    engine: text().notNull(),
    query: text().notNull(),
    page: integer().notNull(),
    rank: integer().notNull(),
    imageUrl: text().notNull(),
    /** Null where the listed URL was refused (not http(s), too long, ...). */
    canonicalUrl: text(),
    pageUrl: text(),
    thumbUrl: text(),
    title: text(),
    width: integer(),
    height: integer(),
    mime: text(),
    sizeBytes: bigint({ mode: 'number' }),
    sha1: text(),
    md5: text(),
    license: text(),
    licenseUrl: text(),
    creator: text(),
    attribution: text(),
    fetchedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex('hits_place').on(table.project, table.className, table.engine, table.query, table.page, table.rank),
    index('hits_url').on(table.project, table.canonicalUrl),
  ],
);
