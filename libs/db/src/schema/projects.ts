import { integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import type { JsonValue } from '@winnow/contracts';

export const projects = pgTable('projects', {
  name: text().primaryKey(),
  createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  /** What workers without the project file need to crawl for it; null before the first crawl. */
  crawlSettings: jsonb().$type<JsonValue>(),
  /** Rounds of listing and fetching begun, in all crawls. */
  crawlRounds: integer().notNull().default(0),
  /** Null while jobs of a crawl are left, and before the first one. */
  crawlFinishedAt: timestamp({ withTimezone: true }),
});
