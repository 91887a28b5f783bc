import { pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { Outcome } from '@winnow/contracts';
import { builds } from './builds';

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
