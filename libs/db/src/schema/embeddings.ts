import { customType, index, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';
import { images } from './images';

const bytea = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' });

/** Features that a network gives a picture, for telling crops, pads and rotations of one picture. */
export const embeddings = pgTable(
  'embeddings',
  {
    sha256: text()
      .notNull()
      .references(() => images.sha256, { onDelete: 'cascade' }),
    /** Digest of the network and of how pictures are put to it. */
    network: text().notNull(),
    /** 32-bit floats, little-endian, of length one. */
    values: bytea().notNull(),
    storedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.network, table.sha256] }), index('embeddings_image').on(table.sha256)],
);
