import { integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import type { DuplicateMeasure, JsonValue } from '@winnow/contracts';
import { projects } from './projects';

/** One data set made from the crawl: immutable, named by its content. */
export const builds = pgTable('builds', {
  id: text().primaryKey(),
  project: text()
    .notNull()
    .references(() => projects.name),
  /** sha256 over configuration and shards, hex. */
  digest: text().notNull(),
  /** Digest of everything the build was made from: the same inputs need no second build. */
  inputDigest: text().notNull(),
  sampleCount: integer().notNull(),
  config: jsonb().$type<JsonValue>().notNull(),
  counts: jsonb().$type<JsonValue>().notNull(),
  /** Against a known truth; null where there is none. */
  duplicateMeasure: jsonb().$type<DuplicateMeasure>(),
  /** Keys of samples that hold a picture which was to be forgotten since. */
  forgottenKeys: jsonb().$type<readonly string[]>().notNull().default([]),
  /** When a build command last came to it: the latest is the project's current one. */
  usedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
});
