import { sql } from 'drizzle-orm';
import {
  bigint,
  customType,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import type { JsonValue, Outcome, ImageMeasures, ResponseClass } from '@winnow/contracts';

export const bytea = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' });

export const projects = pgTable('projects', {
  name: text().primaryKey(),
  createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  /** What workers without the project file need to crawl for it; null before the first crawl. */
  crawlSettings: jsonb().$type<JsonValue>(),
  /** Rounds of listing and fetching begun, in all crawls. */
  crawlRounds: integer().notNull().default(0),
  /** Null while jobs of a crawl are left, and before the first one. */
  crawlFinishedAt: timestamp({ withTimezone: true }),
  /** Number of the newest line of `decisions`; numbers are given under a lock of this row, in the order of commits. */
  lastDecision: bigint({ mode: 'number' }).notNull().default(0),
});

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
    /** Of these, pages whose URLs are in `fetches`. */
    followedPages: integer().notNull().default(0),
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

/** Politeness towards one host, shared by every worker on this database. */
export const hosts = pgTable('hosts', {
  host: text().primaryKey(),
  nextAllowedAt: timestamp({ withTimezone: true }),
  failures: integer().notNull().default(0),
  suspendedUntil: timestamp({ withTimezone: true }),
  crawlDelayMillis: integer(),
  /** The one process that may send requests to this host now, and until when. */
  leaseHolder: text(),
  leaseUntil: timestamp({ withTimezone: true }),
  /** robots.txt as served; null when there is none. */
  robotsText: text(),
  robotsStatus: integer(),
  robotsFetchedAt: timestamp({ withTimezone: true }),
});

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

/** One search result: where an image was listed, under which label, with its stated licence. */
export const hits = pgTable(
  'hits',
  {
    /** sha256 of project, class, engine, query, variant, page and rank: the same listing gives the same id. */
    id: text().primaryKey(),
    project: text()
      .notNull()
      .references(() => projects.name),
    className: text().notNull(),
    engine: text().notNull(),
    engineVersion: text().notNull().default(''),
    query: text().notNull(),
    variant: text().notNull().default(''),
    page: integer().notNull(),
    rank: integer().notNull(),
    imageUrl: text().notNull(),
    /** Null where the listed URL was refused (not http(s), too long, ...). */
    canonicalUrl: text(),
    pageUrl: text(),
    thumbUrl: text(),
    title: text(),
    width: integer(),
    height: integer(),
    mime: text(),
    sizeBytes: bigint({ mode: 'number' }),
    sha1: text(),
    md5: text(),
    license: text(),
    licenseUrl: text(),
    creator: text(),
    attribution: text(),
    /** Other addresses of the same image, by the engine's own account. */
    engineDups: jsonb().$type<readonly string[]>(),
    /** sha256 of the engine's response, a file under `.winnow/answers`. */
    rawRef: text(),
    fetchedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex('hits_place').on(
      table.project,
      table.className,
      table.engine,
      table.query,
      table.variant,
      table.page,
      table.rank,
    ),
    // By digest: URLs may be longer than an index entry.
    index('hits_url').on(table.project, sql`md5(${table.canonicalUrl})`),
    // Few hits, of some engines: what is known of copies before any download.
    index('hits_sha1')
      .on(table.project)
      .where(sql`${table.sha1} is not null`),
    index('hits_dups')
      .on(table.project)
      .where(sql`${table.engineDups} is not null`),
  ],
);

/** One original file, named by its digest. What decoding tells is stored with it, or by the first build that lacks it. */
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
    measures: jsonb().$type<ImageMeasures>(),
    /** Why decoding failed; null when it worked or was not tried. */
    decodeOutcome: text().$type<Outcome>(),
    storedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [index('images_pixels').on(table.pixelSha256)],
);

/** What a build compares small images by. Decoding tells it again, so that no copy of the tables needs it. */
export const descriptors = pgTable('descriptors', {
  sha256: text()
    .primaryKey()
    .references(() => images.sha256, { onDelete: 'cascade' }),
  /** Of `describeImage`. */
  bytes: bytea().notNull(),
});

/** A hit led to these bytes: all provenance of an image. */
export const occurrences = pgTable(
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

/** One image URL: what came of fetching it, and when to try again. */
export const fetches = pgTable(
  'fetches',
  {
    project: text()
      .notNull()
      .references(() => projects.name),
    canonicalUrl: text().notNull(),
    /** With the port, where it is not the usual one. */
    host: text().notNull(),
    /** Null until something was learnt about the URL. */
    outcome: text().$type<Outcome>(),
    detail: text(),
    attempts: integer().notNull().default(0),
    /** Fetches begun and not ended, in a row: as a rule the process died at them. */
    unfinishedTries: integer().notNull().default(0),
    /** Null: not to be tried again unless asked for. */
    nextTryAt: timestamp({ withTimezone: true }),
    /** The page that listed the image, for one retry with a Referer. */
    pageUrl: text(),
    finalUrl: text(),
    status: integer(),
    sha256: text(),
    etag: text(),
    lastModified: text(),
    /** Until when the answer may be used without asking again (RFC 9111); null: not stated. */
    freshUntil: timestamp({ withTimezone: true }),
    updatedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    // By digest: URLs may be longer than an index entry.
    uniqueIndex('fetches_url').on(table.project, sql`md5(${table.canonicalUrl})`),
    index('fetches_host').on(table.project, table.host),
    index('fetches_due').on(table.project, table.nextTryAt),
  ],
);

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
