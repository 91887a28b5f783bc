import { compareText } from '@winnow/contracts';
import { and, eq, getTableColumns, inArray, isNull, or, sql } from 'drizzle-orm';
import type { Outcome, ImageMeasures, Provenance } from '@winnow/contracts';
import type { Database } from '../database';
import { queryRows, sameUrl, textList } from '../query';
import { descriptors, fetches, hits, images, occurrences } from '../schema';
import { insertDescriptors } from './insert-rows';

/** A stored original with everything known about it. */
export interface StoredImage {
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly mime: string;
  readonly width: number;
  readonly height: number;
  readonly pixelSha256: string | null;
  readonly pdq: string | null;
  readonly pdqQuality: number | null;
  /** Null where it was not measured. */
  readonly measures: ImageMeasures | null;
  readonly decodeOutcome: Outcome | null;
  /** Every listing that led here, in a fixed order. */
  readonly provenance: readonly Provenance[];
}

/** What decoding an original tells about it. */
export type ImageFacts =
  | {
      readonly sha256: string;
      readonly pixelSha256: string;
      readonly pdq: string;
      readonly pdqQuality: number;
      readonly measures: ImageMeasures;
      /** Upright, pixels. */
      readonly width: number;
      readonly height: number;
      readonly descriptor: Uint8Array | null;
    }
  | { readonly sha256: string; readonly decodeOutcome: Outcome; readonly descriptor?: undefined };

/** A site may take back, between two crawls, that its image is used. */
export const notOptedOut = sql`not exists (
  select from ${fetches} f where f.project = ${hits.project} and ${sameUrl('f.canonical_url', 'hits.canonical_url')}
    and f.outcome = 'opted_out')`;

/**
 * Originals that the project's crawl led to and that may still be used, sorted by digest; provenance sorted by class,
 * engine, query, page, rank, then by what the query asked for besides its text.
 */
export async function listProjectImages(db: Database, project: string): Promise<readonly StoredImage[]> {
  const found = await listListings(db, project);
  const own = db.select({ sha256: occurrences.sha256 }).from(occurrences).where(eq(occurrences.project, project));
  const { storedAt: _storedAt, ...facts } = getTableColumns(images);
  const originals = await db.select(facts).from(images).where(inArray(images.sha256, own));
  return originals
    .flatMap((image) => {
      const placed = found.get(image.sha256);
      return placed === undefined
        ? []
        : [{ ...image, provenance: placed.sort(compareListings).map(({ listing }) => listing) }];
    })
    .sort((a, b) => compareText(a.sha256, b.sha256));
}

/** Every listing that led to one original and may still be used, in the order of `listProjectImages`. */
export async function listImageListings(db: Database, project: string, sha256: string): Promise<readonly Provenance[]> {
  return (await listListingsOf(db, project, [sha256])).get(sha256) ?? [];
}

/** The same of several originals, by digest. */
export async function listListingsOf(
  db: Database,
  project: string,
  digests: readonly string[],
): Promise<ReadonlyMap<string, readonly Provenance[]>> {
  const found = await listListings(db, project, digests);
  const sorted = (placed: PlacedListing[]): readonly Provenance[] =>
    placed.sort(compareListings).map(({ listing }) => listing);
  return new Map(Array.from(found, ([sha256, placed]) => [sha256, sorted(placed)]));
}

interface PlacedListing {
  readonly variant: string;
  readonly listing: Provenance;
}

/** In the order in which the query below lists them. */
type ListingCells = readonly [
  variant: string,
  engine: string,
  query: string,
  className: string,
  page: number,
  rank: number,
  imageUrl: string,
  pageUrl: string | null,
  title: string | null,
  license: string | null,
  licenseUrl: string | null,
  creator: string | null,
];

/** Listings by digest. As one JSON text an original: drivers take five times as long for so many cells. */
async function listListings(
  db: Database,
  project: string,
  digests?: readonly string[],
): Promise<ReadonlyMap<string, PlacedListing[]>> {
  const isWanted = digests === undefined ? sql`true` : sql`${occurrences.sha256} = any(${textList(digests)})`;
  const rows = await queryRows<{ readonly sha256: string; readonly listings: readonly ListingCells[] }>(
    db,
    sql`
      select ${occurrences.sha256} as sha256, json_agg(json_build_array(${hits.variant}, ${hits.engine}, ${hits.query},
        ${hits.className}, ${hits.page}, ${hits.rank}, ${hits.imageUrl}, ${hits.pageUrl}, ${hits.title}, ${hits.license},
        ${hits.licenseUrl}, ${hits.creator})) as listings
      from ${occurrences} join ${hits} on ${hits.id} = ${occurrences.hitId}
      where ${occurrences.project} = ${project} and ${isWanted} and ${notOptedOut}
      group by ${occurrences.sha256}`,
  );
  return new Map(rows.map(({ sha256, listings }) => [sha256, listings.map(toListing)]));
}

function toListing(cells: ListingCells): PlacedListing {
  const [variant, engine, query, className, page, rank, imageUrl, pageUrl, title, license, licenseUrl, creator] = cells;
  const listing = { engine, query, className, page, rank, imageUrl, pageUrl, title, license, licenseUrl, creator };
  return { variant, listing };
}

/** Digests of the project's originals of which not all is stored that decoding tells, sorted; not those that cannot be decoded. */
export async function listUndecodedImages(db: Database, project: string): Promise<readonly string[]> {
  const rows = await db
    .selectDistinct({ sha256: images.sha256 })
    .from(images)
    .innerJoin(occurrences, eq(occurrences.sha256, images.sha256))
    .where(
      and(
        eq(occurrences.project, project),
        or(isNull(images.pixelSha256), isNull(images.measures)),
        isNull(images.decodeOutcome),
      ),
    );
  return rows.map(({ sha256 }) => sha256).sort(compareText);
}

/**
 * What became of a project's originals when their URLs were last asked for.
 * @returns by digest, for originals of which every URL that led to them came to the same outcome
 */
export async function listFetchOutcomes(db: Database, project: string): Promise<ReadonlyMap<string, Outcome>> {
  const rows = await queryRows<{ readonly sha256: string; readonly outcome: Outcome }>(
    db,
    sql`
      select s.sha256, min(f.outcome collate "C") as outcome
      from sightings s join hits h on h.id = s.hit_id
      join fetches f on f.project = h.project and ${sameUrl('f.canonical_url', 'h.canonical_url')}
      where s.project = ${project}
      group by s.sha256
      having count(distinct f.outcome) = 1 and count(*) = count(f.outcome)`,
  );
  return new Map(rows.map(({ sha256, outcome }) => [sha256, outcome]));
}

/** Adds what decoding told; what is stored stays, except measures. One transaction. */
export async function saveImageFacts(db: Database, facts: readonly ImageFacts[]): Promise<void> {
  await db.transaction(async (tx) => {
    for (const { sha256, descriptor: _, ...known } of facts) {
      const isThis = eq(images.sha256, sha256);
      await tx
        .update(images)
        .set(known)
        .where(and(isThis, isNull(images.pixelSha256)));
      if ('measures' in known) await tx.update(images).set({ measures: known.measures }).where(isThis);
    }
    await insertDescriptors(tx, facts);
  });
}

/** What images are compared by, by digest; none of those that are not small, or were decoded by an earlier winnow. */
export async function storedDescriptors(
  db: Database,
  digests: readonly string[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const rows = await queryRows<{ sha256: string; bytes: Uint8Array }>(
    db,
    sql`select d.sha256, d.bytes from unnest(${textList(digests)}) as p(sha256)
      join ${descriptors} d on d.sha256 = p.sha256`,
  );
  return new Map(rows.map(({ sha256, bytes }) => [sha256, bytes]));
}

/** One place of one query holds one listing. */
function compareListings(
  { listing: a, variant }: PlacedListing,
  { listing: b, variant: other }: PlacedListing,
): number {
  return (
    compareText(a.className, b.className) ||
    compareText(a.engine, b.engine) ||
    compareText(a.query, b.query) ||
    a.page - b.page ||
    a.rank - b.rank ||
    compareText(variant, other)
  );
}
