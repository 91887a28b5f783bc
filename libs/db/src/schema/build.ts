import { bigint, index, integer, jsonb, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';
import type { DuplicateMeasure, JsonValue, Outcome } from '@winnow/contracts';
import { projects } from './crawl';

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
  /** Keys of samples that hold an image which was to be forgotten since. */
  forgottenKeys: jsonb().$type<readonly string[]>().notNull().default([]),
  /** When a build command last came to it: the latest is the project's current one. */
  usedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  /** Number of the newest decision that was there when that command read the log; null: an earlier version did not keep it. */
  lastDecision: bigint({ mode: 'number' }),
  createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
});

/** One image of a build and the bytes in its shard. */
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
    /** Of the image within the shard, bytes. */
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

/** A stored image that a build left out, and why. */
export const exclusions = pgTable(
  'exclusions',
  {
    buildId: text()
      .notNull()
      .references(() => builds.id),
    sha256: text().notNull(),
    className: text().notNull(),
    outcome: text().$type<Outcome>().notNull(),
    /** The copy that was kept instead. */
    keptSha256: text(),
    detail: text(),
  },
  (table) => [primaryKey({ columns: [table.buildId, table.sha256, table.className] })],
);
