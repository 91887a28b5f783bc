import { doublePrecision, integer, pgTable, primaryKey, real, text } from 'drizzle-orm/pg-core';
import type { NoiseKind } from '@winnow/contracts';
import { splits } from './splits';

/** What a split says of one picture. */
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
    /** The teacher's label, an index into the class list; meant for closed pictures. */
    refinedLabel: integer().notNull(),
    /** The method's own scalar, e.g. the scaled evidential loss. */
    score: doublePrecision().notNull(),
  },
  (table) => [primaryKey({ columns: [table.splitId, table.key] })],
);
