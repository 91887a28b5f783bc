import { sql } from 'drizzle-orm';
import { boolean, check, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

/** The store of objects that this database's files are in, one row; none where they are in folders. */
export const objectStore = pgTable(
  'object_store',
  {
    isOnly: boolean().primaryKey().default(true),
    /** What the store's own object `winnow-store.json` says as well. */
    id: text().notNull(),
    /** As it was given first, for people: it may be moved. */
    url: text().notNull(),
    /** False until the store was seen to say the same. */
    isMarked: boolean().notNull().default(false),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [check('object_store_one_row', sql`${table.isOnly}`)],
);

/** Objects that nothing referred to when somebody looked. Times are of this database alone. */
export const condemned = pgTable('condemned', {
  key: text().primaryKey(),
  at: timestamp({ withTimezone: true })
    .notNull()
    .default(sql`clock_timestamp()`),
  /** It was removed: who stored it before that stores it again. */
  isGone: boolean().notNull().default(false),
});
