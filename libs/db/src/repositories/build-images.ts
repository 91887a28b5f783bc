import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Outcome, PictureMeasures, Provenance } from '@winnow/contracts';
import type { Database } from '../database';
import { fetches, hits, images, sightings } from '../schema';

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
  readonly measures: PictureMeasures | null;
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
      readonly measures?: PictureMeasures;
      /** Upright, pixels. */
      readonly width: number;
      readonly height: number;
    }
  | { readonly sha256: string; readonly decodeOutcome: Outcome };

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A site may take back, between two crawls, that its picture is used. */
const notOptedOut = sql`not exists (
  select from ${fetches} f where f.project = ${hits.project} and md5(f.canonical_url) = md5(${hits.canonicalUrl})
    and f.canonical_url = ${hits.canonicalUrl} and f.outcome = 'opted_out')`;

/** Originals that the project's crawl led to and that may still be used, sorted by digest; provenance sorted by class, engine, query, page, rank. */
export async function listProjectImages(db: Database, project: string): Promise<readonly StoredImage[]> {
  const rows = await db
    .select({ image: images, hit: hits })
    .from(sightings)
    .innerJoin(images, eq(images.sha256, sightings.sha256))
    .innerJoin(hits, eq(hits.id, sightings.hitId))
    .where(and(eq(sightings.project, project), notOptedOut));
  const found = new Map<string, { image: typeof images.$inferSelect; provenance: Provenance[] }>();
  for (const { image, hit } of rows) {
    const entry = found.get(image.sha256) ?? { image, provenance: [] };
    entry.provenance.push(toProvenance(hit));
    found.set(image.sha256, entry);
  }
  return [...found.values()]
    .map(({ image: { storedAt: _storedAt, ...image }, provenance }) => ({
      ...image,
      provenance: provenance.sort(compareProvenance),
    }))
    .sort((a, b) => byCodeUnit(a.sha256, b.sha256));
}

/** Digests of the project's originals that no build has decoded yet, sorted. */
export async function listUndecodedImages(db: Database, project: string): Promise<readonly string[]> {
  const rows = await db
    .selectDistinct({ sha256: images.sha256 })
    .from(images)
    .innerJoin(sightings, eq(sightings.sha256, images.sha256))
    .where(and(eq(sightings.project, project), isNull(images.pixelSha256), isNull(images.decodeOutcome)));
  return rows.map(({ sha256 }) => sha256).sort(byCodeUnit);
}

/** Adds what decoding told; one transaction. */
export async function saveImageFacts(db: Database, facts: readonly ImageFacts[]): Promise<void> {
  await db.transaction(async (tx) => {
    for (const { sha256, ...known } of facts) await tx.update(images).set(known).where(eq(images.sha256, sha256));
  });
}

function toProvenance(hit: typeof hits.$inferSelect): Provenance {
  const { engine, query, className, page, rank, imageUrl, pageUrl, title, license, licenseUrl, creator } = hit;
  return { engine, query, className, page, rank, imageUrl, pageUrl, title, license, licenseUrl, creator };
}

function compareProvenance(a: Provenance, b: Provenance): number {
  return (
    byCodeUnit(a.className, b.className) ||
    byCodeUnit(a.engine, b.engine) ||
    byCodeUnit(a.query, b.query) ||
    a.page - b.page ||
    a.rank - b.rank
  );
}
