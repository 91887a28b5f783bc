import {
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  real,
  text,
  timestamp,
} from 'drizzle-orm/pg-core';
import type { JsonValue, NoiseKind, RunSummary, SplitQuality } from '@winnow/contracts';
import { builds } from './build';
import { bytea, images, projects } from './crawl';

/** Features that a network gives an image, for telling crops, pads and rotations of one image. */
export const embeddings = pgTable(
  'embeddings',
  {
    sha256: text()
      .notNull()
      .references(() => images.sha256, { onDelete: 'cascade' }),
    /** Digest of the network and of how images are put to it. */
    network: text().notNull(),
    /** 32-bit floats, little-endian, of length one. */
    values: bytea().notNull(),
    storedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.network, table.sha256] }), index('embeddings_image').on(table.sha256)],
);

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

/** What a split says of one image. */
export const splitSamples = pgTable(
  'split_samples',
  {
    splitId: text()
      .notNull()
      .references(() => splits.id),
    key: text().notNull(),
    kind: text().$type<NoiseKind>().notNull(),
    cleanProbability: real().notNull(),
    closedProbability: real().notNull(),
    openProbability: real().notNull(),
    /** The teacher's label, an index into the class list; meant for closed images. */
    refinedLabel: integer().notNull(),
    /** The method's own scalar, e.g. the scaled evidential loss. */
    score: doublePrecision().notNull(),
  },
  (table) => [primaryKey({ columns: [table.splitId, table.key] })],
);

/** One training run; its evidence is the run folder of the same name. */
export const runs = pgTable('runs', {
  /** Digest of configuration, build, teacher, method and seed: a finished run is never repeated. */
  identity: text().primaryKey(),
  folder: text().notNull(),
  project: text()
    .notNull()
    .references(() => projects.name),
  buildId: text()
    .notNull()
    .references(() => builds.id),
  splitId: text(),
  method: text().notNull(),
  model: text().notNull(),
  seed: integer().notNull(),
  summary: jsonb().$type<RunSummary>().notNull(),
  finishedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
});
