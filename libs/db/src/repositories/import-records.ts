import { and, eq, inArray, sql } from 'drizzle-orm';
import { IMPORT_ENGINES } from '@winnow/contracts';
import type { IMPORT_ENGINE, WORLD_ENGINE } from '@winnow/contracts';
import type { Database } from '../database';
import { hostOf, queryColumn, queryRows, sameUrl, textList } from '../query';
import { hits } from '../schema';
import { shareCrawl } from './crawl/crawl-rounds';
import { forgottenAmong, unreferencedImages } from './crawl/fetch-records';
import { forgottenFilter } from './forget';
import { hitId, insertHits, insertImages, insertSightings } from './insert-rows';
import type { FetchedImage, HitRow } from './insert-rows';

/** What is imported from: stands where a crawl has engine and query. */
export interface ImportSourceKey {
  readonly project: string;
  readonly engine: typeof IMPORT_ENGINE | typeof WORLD_ENGINE;
  /** Name of the source. */
  readonly query: string;
}

/** Tells one image of a source from the others. */
export interface ImportKey {
  readonly className: string;
  readonly canonicalUrl: string;
}

/** One image of a source under one class. */
export interface ImportedHit extends ImportKey {
  /** Place in the source, from 1. */
  readonly rank: number;
  readonly imageUrl: string;
  readonly pageUrl?: string;
  readonly title?: string;
  readonly license?: string;
  readonly licenseUrl?: string;
  readonly creator?: string;
  /** Of the file, which is on disk; null for a URL that is to be fetched. */
  readonly sha256: string | null;
}

/** What is stored together or not at all. */
export interface ImportBatch {
  readonly hits: readonly ImportedHit[];
  /** Files of these hits that are not stored yet; others may be among them. */
  readonly images: readonly FetchedImage[];
  readonly at: Date;
}

/** What earlier imports have stored. */
export interface KnownImports {
  /** Digests of the files of an image; undefined for one that was never imported. Empty: its URL is to be fetched. */
  digestsOf(key: ImportKey): ReadonlySet<string> | undefined;
  /** Of the digests asked for, those of stored files, whatever they came from. */
  readonly images: ReadonlySet<string>;
}

const keyText = ({ className, canonicalUrl }: ImportKey): string => JSON.stringify([className, canonicalUrl]);

/** Looks some images of a source, and files, up. */
export async function knownImports(
  db: Database,
  source: ImportSourceKey,
  { keys, digests }: { readonly keys: readonly ImportKey[]; readonly digests: readonly string[] },
): Promise<KnownImports> {
  const found = await queryRows<ImportKey & { readonly sha256: string | null }>(
    db,
    sql`
      select h.class_name as "className", h.canonical_url as "canonicalUrl", s.sha256 from ${urlList(keys)} as u(url)
      join hits h on ${isSourceHit(source)} and ${sameUrl('h.canonical_url', 'u.url')}
      left join sightings s on s.hit_id = h.id`,
  );
  const digestsOf = new Map<string, Set<string>>();
  for (const row of found) {
    const key = keyText(row);
    const known = digestsOf.get(key) ?? new Set<string>();
    digestsOf.set(key, known);
    if (row.sha256 !== null) known.add(row.sha256);
  }
  const images = await queryColumn(db, sql`select sha256 from images where sha256 = any(${textList(digests)})`);
  return {
    digestsOf: (key) => digestsOf.get(keyText(key)),
    images: new Set(images),
  };
}

/**
 * Records imported images: hits, files and sightings; URLs become due to be fetched. What is there already stays, and
 * what was to be forgotten meanwhile is left out. An image whose place in its source another one had before gets the
 * next free page.
 * @returns digests of files that were left out and that nothing refers to: the caller removes them
 */
export async function recordImports(
  db: Database,
  source: ImportSourceKey,
  batch: ImportBatch,
): Promise<readonly string[]> {
  return db.transaction(async (tx) => {
    // Takedowns lock the project for themselves: they come before, or see what is stored here.
    await shareCrawl(tx, source.project);
    const digests = batch.hits.flatMap(({ sha256 }) => sha256 ?? []);
    const unwanted = await forgottenAmong(tx, source.project, digests);
    const { isForgotten } = await forgottenFilter(tx, source.project);
    const wanted = batch.hits.filter(
      ({ sha256, canonicalUrl }) =>
        (sha256 === null || !unwanted.has(sha256)) && (canonicalUrl === null || !isForgotten(canonicalUrl)),
    );
    const ids = await storeHits(tx, source, { hits: wanted, at: batch.at });
    const kept = new Set(wanted.map(({ sha256 }) => sha256));
    const dropped = new Set(digests.filter((sha256) => !kept.has(sha256)));
    await insertImages(
      tx,
      batch.images.filter(({ sha256 }) => !dropped.has(sha256)).map((image) => ({ ...image, at: batch.at })),
    );
    const seen = wanted.flatMap((hit) => {
      const id = ids.get(keyText(hit));
      return hit.sha256 === null || id === undefined ? [] : [{ hitId: id, sha256: hit.sha256 }];
    });
    await insertSightings(tx, source.project, seen);
    await storeFetches(
      tx,
      wanted.flatMap((hit) => (hit.sha256 === null ? (ids.get(keyText(hit)) ?? []) : [])),
    );
    return dropped.size === 0 ? [] : unreferencedImages(tx, [...dropped]);
  });
}

/** Classes of a project under which images were imported, or are to be fetched from imported URLs. */
export async function importedClasses(db: Database, project: string): Promise<ReadonlySet<string>> {
  const found = await db
    .selectDistinct({ className: hits.className })
    .from(hits)
    .where(and(eq(hits.project, project), inArray(hits.engine, [...IMPORT_ENGINES])));
  return new Set(found.map(({ className }) => className));
}

/** @returns ids of hits by key, those of earlier imports among them */
async function storeHits(
  tx: Database,
  source: ImportSourceKey,
  { hits: wanted, at }: Pick<ImportBatch, 'hits' | 'at'>,
): Promise<ReadonlyMap<string, string>> {
  const found = await queryRows<ImportKey & { readonly id: string }>(
    tx,
    sql`
      select h.id, h.class_name as "className", h.canonical_url as "canonicalUrl" from ${urlList(wanted)} as u(url)
      join hits h on ${isSourceHit(source)} and ${sameUrl('h.canonical_url', 'u.url')}`,
  );
  const ids = new Map(found.map((row) => [keyText(row), row.id]));
  const seen = new Set(ids.keys());
  // Of two files of one URL the first makes the hit.
  let left = wanted.filter((hit) => !seen.has(keyText(hit)) && seen.add(keyText(hit)));
  for (let page = 1; left.length > 0; page += 1) {
    const all = left.map((hit) => toRow(source, hit, page));
    const stored = await insertHits(tx, source.project, { hits: all, at });
    for (const row of all) if (stored.has(row.id)) ids.set(keyText(row as ImportKey), row.id);
    left = left.filter((hit) => !ids.has(keyText(hit)));
  }
  return ids;
}

function toRow({ project, engine, query }: ImportSourceKey, hit: ImportedHit, page: number): HitRow {
  const { sha256: _sha256, ...facts } = hit;
  const row = { ...facts, engine, engineVersion: '', query, variant: '', page };
  return { ...row, id: hitId(project, row) };
}

/** A row for each URL, and the image of one that was fetched before. */
async function storeFetches(tx: Database, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.execute(sql`
    insert into fetches (project, canonical_url, host, page_url)
    select distinct on (h.canonical_url) h.project, h.canonical_url,
      ${hostOf('h.canonical_url')}, h.page_url
    from hits h where h.id = any(${textList(ids)}) order by h.canonical_url, h.page, h.rank, h.id
    on conflict do nothing`);
  await linkFetchedHits(tx, ids);
}

/** Of a hit `h`. */
function isSourceHit({ project, engine, query }: ImportSourceKey) {
  return sql`h.project = ${project} and h.engine = ${engine} and h.query = ${query} and h.variant = ''`;
}

function urlList(keys: readonly ImportKey[]) {
  return sql`unnest(${textList(new Set(keys.map(({ canonicalUrl }) => canonicalUrl)))})`;
}

/** Links hits to the images that fetching their URLs has stored. */
async function linkFetchedHits(tx: Database, ids: readonly string[]): Promise<void> {
  await tx.execute(sql`
    insert into sightings (hit_id, sha256, project)
    select h.id, f.sha256, h.project
    from hits h join fetches f on f.project = h.project and ${sameUrl('f.canonical_url', 'h.canonical_url')}
    where h.id = any(${textList(ids)}) and f.sha256 is not null
    on conflict do nothing`);
}
