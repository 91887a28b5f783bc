import { pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';
import { projects } from './projects';

/** What is never to be fetched again: a canonical URL, a host with everything below it, or a file by its digest. */
export const forgotten = pgTable(
  'forgotten',
  {
    project: text()
      .notNull()
      .references(() => projects.name),
    kind: text().$type<'url' | 'host' | 'sha256'>().notNull(),
    /** Digest (sha256, hex) of the URL; the host; the digest of the file: what was forgotten is not spelt out again. */
    value: text().notNull(),
    forgottenAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.project, table.kind, table.value] })],
);
