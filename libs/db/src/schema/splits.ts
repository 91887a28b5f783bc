import { jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import type { JsonValue, SplitQuality } from '@winnow/contracts';
import { builds } from './builds';
import { projects } from './projects';

/** One division of a build into clean, closed and open. */
export const splits = pgTable('splits', {
  /** Digest of build, teacher and method with its options. */
  id: text().primaryKey(),
  project: text()
    .notNull()
    .references(() => projects.name),
  buildId: text()
    .notNull()
    .references(() => builds.id),
  method: text().notNull(),
  teacherDigest: text().notNull(),
  config: jsonb().$type<JsonValue>().notNull(),
  counts: jsonb().$type<JsonValue>().notNull(),
  /** Against a known truth; null where there is none. */
  quality: jsonb().$type<SplitQuality>(),
  createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
});
