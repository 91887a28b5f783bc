import { bigint, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { builds } from './builds';

/** One picture of a build and the bytes in its shard. */
export const samples = pgTable(
  'samples',
  {
    buildId: text()
      .notNull()
      .references(() => builds.id),
    key: text().notNull(),
    /** Order within the build, from 0. */
    position: integer().notNull(),
    shard: text().notNull(),
    /** Of the picture within the shard, bytes. */
    offset: bigint({ mode: 'number' }).notNull(),
    length: integer().notNull(),
    sha256: text().notNull(),
    className: text().notNull(),
    label: integer().notNull(),
    /** Other classes under which a copy was found. */
    conflicts: jsonb().$type<readonly string[]>().notNull(),
    copies: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.buildId, table.key] }),
    index('samples_image').on(table.buildId, table.sha256),
  ],
);
