import { integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

/** One process that works on jobs; gone when it has not been heard of for a while. */
export const workers = pgTable('workers', {
  id: text().primaryKey(),
  hostname: text().notNull(),
  pid: integer().notNull(),
  startedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  heardAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  jobsDone: integer().notNull().default(0),
  imagesDone: integer().notNull().default(0),
});
