import { pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';
import type { NoiseKind } from '@winnow/contracts';
import { projects } from './projects';

/** A person's verdict on one image; it overrides every split. */
export const reviews = pgTable(
  'reviews',
  {
    project: text()
      .notNull()
      .references(() => projects.name),
    sha256: text().notNull(),
    kind: text().$type<NoiseKind>().notNull(),
    className: text(),
    note: text(),
    updatedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.project, table.sha256] })],
);
