import { integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import type { ResponseClass } from '@winnow/contracts';

/** Health of one search engine, shared by every worker on this database. */
export const engines = pgTable('engines', {
  engine: text().primaryKey(),
  nextAllowedAt: timestamp({ withTimezone: true }),
  failures: integer().notNull().default(0),
  suspendedUntil: timestamp({ withTimezone: true }),
  reason: text().$type<ResponseClass>(),
  /** What the last answer was, and when it came. */
  lastClass: text().$type<ResponseClass>(),
  lastAnswerAt: timestamp({ withTimezone: true }),
});
