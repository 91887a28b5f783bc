import { sql } from 'drizzle-orm';
import { bigint, index, integer, jsonb, pgTable, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core';
import { projects } from './projects';

/** One search result: where a picture was listed, under which label, with its stated licence. */
export const hits = pgTable(
  'hits',
  {
    /** sha256 of project, class, engine, query, variant, page and rank: the same listing gives the same id. */
    id: text().primaryKey(),
    project: text()
      .notNull()
      .references(() => projects.name),
    className: text().notNull(),
    engine: text().notNull(),
    engineVersion: text().notNull().default(''),
    query: text().notNull(),
    variant: text().notNull().default(''),
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
    /** Other addresses of the same picture, by the engine's own account. */
    engineDups: jsonb().$type<readonly string[]>(),
    /** sha256 of the engine's answer, a file under `.winnow/answers`. */
    rawRef: text(),
    fetchedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex('hits_place').on(
      table.project,
      table.className,
      table.engine,
      table.query,
      table.variant,
      table.page,
      table.rank,
    ),
    // By digest: URLs may be longer than an index entry.
    index('hits_url').on(table.project, sql`md5(${table.canonicalUrl})`),
  ],
);
