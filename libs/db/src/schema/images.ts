import { bigint, index, integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import type { Outcome, PictureMeasures } from '@winnow/contracts';

/** One original file, content-addressed; the facts of decoding are added by the first build. */
export const images = pgTable(
  'images',
  {
    sha256: text().primaryKey(),
    sizeBytes: bigint({ mode: 'number' }).notNull(),
    mime: text().notNull(),
    /** Upright, pixels. */
    width: integer().notNull(),
    height: integer().notNull(),
    /** Null until decoded. */
    pixelSha256: text(),
    /** 64 hex digits. */
    pdq: text(),
    pdqQuality: integer(),
    /** What screens look at; null until measured. */
    measures: jsonb().$type<PictureMeasures>(),
    /** Why decoding failed; null when it worked or was not tried. */
    decodeOutcome: text().$type<Outcome>(),
    storedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [index('images_pixels').on(table.pixelSha256)],
);
