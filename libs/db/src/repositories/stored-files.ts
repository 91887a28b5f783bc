import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { compareText } from '@winnow/contracts';
import type { Provenance } from '@winnow/contracts';
import type { Database } from '../database';
import { hostOf, queryColumn, queryRows, textList } from '../query';
import { hitId, insertHits, insertImages, insertSightings } from './insert-rows';
import type { FetchedImage, HitRow } from './insert-rows';

/** An original as the index knows its file. */
export interface OriginalFile {
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Files of all images that a project's listings led to, in the order of their digests. */
export async function listOriginalFiles(db: Database, project: string): Promise<readonly OriginalFile[]> {
  return queryRows<OriginalFile>(
    db,
    sql`
      select i.sha256, i.size_bytes::float8 as "sizeBytes" from images i
      where exists (select from sightings s where s.project = ${project} and s.sha256 = i.sha256)
      order by i.sha256 collate "C"`,
  );
}

/** Digests (hex) of all originals that the database knows, of any project, sorted. */
export async function listOriginalDigests(db: Database): Promise<readonly string[]> {
  return queryColumn(db, sql`select sha256 from images order by sha256 collate "C"`);
}

/** Of these digests (hex) of originals, those that no project of the database knows any more, in the order given. */
export async function unknownOriginals(db: Database, digests: readonly string[]): Promise<readonly string[]> {
  return unknown(
    db,
    digests,
    sql`select from images i where i.sha256 = d.value union all select from fetches f where f.sha256 = d.value`,
  );
}

/** Of these digests (hex) of engines' answers, those that no listing of any project came from, in the order given. */
export async function unknownAnswers(db: Database, digests: readonly string[]): Promise<readonly string[]> {
  return unknown(db, digests, sql`select from hits h where h.raw_ref = d.value`);
}

async function unknown(db: Database, digests: readonly string[], known: SQL): Promise<readonly string[]> {
  if (digests.length === 0) return [];
  return queryColumn(
    db,
    sql`
      select d.value from unnest(${textList(digests)}) with ordinality as d(value, place)
      where not exists (${known}) order by d.place`,
  );
}

/** A listing that led to an original, as a data set tells it. */
export interface RescuedListing {
  readonly sha256: string;
  readonly listing: Provenance;
  /** Null for a URL that is none. */
  readonly canonicalUrl: string | null;
}

/** Stores what is known of original files; of one that is known what was stored first stays. */
export async function recordOriginals(db: Database, images: readonly FetchedImage[], at: Date): Promise<void> {
  await insertImages(
    db,
    images.map((image) => ({ ...image, at })),
  );
}

/** Digests of the originals that no listing of any project led to, sorted. */
export async function unlistedOriginals(db: Database): Promise<readonly string[]> {
  const unlisted = sql`
    select i.sha256 from images i where not exists (select from sightings s where s.sha256 = i.sha256)`;
  return (await queryColumn(db, unlisted)).sort(compareText);
}

/**
 * Stores listings of originals that are stored themselves, and that their URLs were fetched. Call it once for a project:
 * places that differ only in what their query asked for besides its text are told apart by number.
 */
export async function recordRescuedListings(
  db: Database,
  project: string,
  { listings, at }: { readonly listings: readonly RescuedListing[]; readonly at: Date },
): Promise<void> {
  const hits = toHits(project, listings);
  await db.transaction(async (tx) => {
    await insertHits(tx, project, { hits: [...new Map(hits.map(({ row }) => [row.id, row])).values()], at });
    const seen = hits.map(({ row, sha256 }) => ({ hitId: row.id, sha256 }));
    await insertSightings(tx, project, seen);
    const fetched = hits.flatMap(({ row: { canonicalUrl, pageUrl }, sha256 }) =>
      canonicalUrl?.startsWith('http') === true
        ? [{ project, canonical_url: canonicalUrl, page_url: pageUrl ?? null, sha256 }]
        : [],
    );
    await tx.execute(sql`
      insert into fetches (project, canonical_url, host, page_url, outcome, sha256, attempts)
      select project, canonical_url, ${hostOf('canonical_url')}, page_url, 'stored', sha256, 1
      from jsonb_populate_recordset(null::fetches, ${JSON.stringify(fetched)}::jsonb)
      on conflict do nothing`);
  });
}

interface RescuedHit {
  readonly sha256: string;
  readonly row: HitRow;
}

function toHits(project: string, listings: readonly RescuedListing[]): readonly RescuedHit[] {
  const textsAt = new Map<string, string[]>();
  return listings.map(({ sha256, listing, canonicalUrl }) => {
    const { className, engine, query, page, rank } = listing;
    const location = JSON.stringify([className, engine, query, page, rank]);
    const text = JSON.stringify(listing);
    const texts = textsAt.get(location) ?? [];
    textsAt.set(location, texts);
    if (!texts.includes(text)) texts.push(text);
    const number = texts.indexOf(text);
    const variant = number === 0 ? '' : `rescued=${number}`;
    const row = { ...withoutNulls(listing), variant, engineVersion: '', canonicalUrl };
    return { sha256, row: { ...row, id: hitId(project, row) } };
  });
}

function withoutNulls(listing: Provenance) {
  const { pageUrl, title, license, licenseUrl, creator, ...rest } = listing;
  const stated = { pageUrl, title, license, licenseUrl, creator };
  const known = Object.entries(stated).filter((entry): entry is [string, string] => entry[1] !== null);
  return { ...rest, ...(Object.fromEntries(known) as Partial<Record<keyof typeof stated, string>>) };
}
