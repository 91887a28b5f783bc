import { integer, jsonb, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';
import type { ResponseClass } from '@winnow/contracts';
import { projects } from './projects';

/** One query put to one engine for one class, and how far its pages have been read. */
export const queries = pgTable(
  'queries',
  {
    project: text()
      .notNull()
      .references(() => projects.name),
    className: text().notNull(),
    engine: text().notNull(),
    query: text().notNull(),
    /** What it asks for besides its text, such as `size=large`; empty for the plain query. */
    variant: text().notNull().default(''),
    /** Pages read and stored so far. */
    pages: integer().notNull().default(0),
    /** What the engine's request builder needs for the next page; null when there is none. */
    cursor: jsonb(),
    state: text().$type<'pending' | 'exhausted' | 'blocked' | 'again'>().notNull().default('pending'),
    responseClass: text().$type<ResponseClass>(),
    hitCount: integer().notNull().default(0),
    nextTryAt: timestamp({ withTimezone: true }),
    updatedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.project, table.className, table.engine, table.query, table.variant] })],
);
