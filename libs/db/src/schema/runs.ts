import { integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import type { RunSummary } from '@winnow/contracts';
import { builds } from './builds';
import { projects } from './projects';

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
