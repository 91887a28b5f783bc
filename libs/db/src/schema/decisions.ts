import {
  bigint,
  boolean,
  doublePrecision,
  index,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { DecisionLogLine, JsonValue } from '@winnow/contracts';

/**
 * What people said of images, one line an act: lines are added and never changed, and what they come to is folded from
 * them. It refers to no other table: what people said outlives builds, and is rescued where a damaged database lost the rest.
 */
export const decisions = pgTable(
  'decisions',
  {
    /** Of whoever made the line: sent twice it is stored once. */
    id: uuid().primaryKey(),
    project: text().notNull(),
    /** Order within a project, from 1, with gaps. */
    seq: bigint({ mode: 'number' }).notNull(),
    person: text().notNull(),
    at: timestamp({ withTimezone: true }).notNull(),
    /** Of an image's original; null in a line that undoes or redoes a batch. */
    sha256: text(),
    /** The second image of a pair, or the bytes of a test image; null where the line is about one. */
    otherSha256: text(),
    /** `class:NAME`, `open`, `unsure`, `cleared`; `leave-out`, `take-in`; `undo` and `redo` of `batch`; of a pair `same`, `not-a-copy`, `keep`, `cleared`. */
    says: text().notNull(),
    /** Null in lines that undo and redo. */
    origin: text().$type<DecisionLogLine['origin']>(),
    /** Undone in one step, by the person whose it is. */
    batch: uuid().notNull(),
    /** Holds whatever others said before. */
    settles: boolean().notNull().default(false),
    plan: uuid(),
    /** With which the image was drawn for the plan. */
    chance: doublePrecision(),
    /** What the person saw. */
    shown: jsonb().$type<DecisionLogLine['shown']>(),
    note: text(),
  },
  (table) => [
    uniqueIndex('decisions_order').on(table.project, table.seq),
    index('decisions_person').on(table.project, table.person, table.seq),
    index('decisions_batch').on(table.batch),
  ],
);

/** Lists of images that somebody gave a name. */
export const views = pgTable(
  'views',
  {
    project: text().notNull(),
    name: text().notNull(),
    person: text().notNull(),
    /** Path and query within the studio. */
    address: text().notNull(),
    savedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.project, table.name] })],
);

/** Which images are to be looked at to measure a noise split; the looks are decisions that name the plan. */
export const measurePlans = pgTable('measure_plans', {
  id: uuid().primaryKey(),
  project: text().notNull(),
  buildId: text().notNull(),
  /** The split whose kinds it draws from. */
  splitId: text().notNull(),
  person: text().notNull(),
  /** Seed, half-width, looks of each kind, blind or not. */
  settings: jsonb().$type<JsonValue>().notNull(),
  at: timestamp({ withTimezone: true }).notNull().defaultNow(),
});
