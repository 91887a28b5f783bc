import { integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { projects } from './projects';

export const classes = pgTable(
  'classes',
  {
    project: text()
      .notNull()
      .references(() => projects.name),
    name: text().notNull(),
    /** Place in the project's class list, from 0: the label. */
    position: integer().notNull(),
    /** Image URLs to have listed at the end of the current round of a crawl. */
    targetUrls: integer().notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.project, table.name] })],
);
