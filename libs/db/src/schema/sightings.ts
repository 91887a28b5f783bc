import { index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { hits } from './hits';
import { images } from './images';

/** A hit led to these bytes: all provenance of an image. */
export const sightings = pgTable(
  'sightings',
  {
    hitId: text()
      .notNull()
      .references(() => hits.id),
    sha256: text()
      .notNull()
      .references(() => images.sha256),
    project: text().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.hitId, table.sha256] }),
    index('sightings_image').on(table.project, table.sha256),
  ],
);
