import { sql } from 'drizzle-orm';
import { compareText } from '@winnow/contracts';
import type { Provenance } from '@winnow/contracts';
import type { Database } from '../database';
import type { HitRow } from './insert-hits';
import { hitId, insertHits } from './insert-hits';
import { insertImages } from './insert-images';
import type { FetchedImage } from './insert-images';

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
  const { rows } = (await db.execute(sql`
    select i.sha256 from images i where not exists (select from sightings s where s.sha256 = i.sha256)`)) as unknown as {
    rows: { readonly sha256: string }[];
  };
  return rows.map(({ sha256 }) => sha256).sort(compareText);
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
    const seen = hits.map(({ row, sha256 }) => ({ hit_id: row.id, sha256, project }));
    await tx.execute(sql`
      insert into sightings select * from jsonb_populate_recordset(null::sightings, ${JSON.stringify(seen)}::jsonb)
      on conflict do nothing`);
    const fetched = hits.flatMap(({ row: { canonicalUrl, pageUrl }, sha256 }) =>
      canonicalUrl?.startsWith('http') === true
        ? [{ project, canonical_url: canonicalUrl, page_url: pageUrl ?? null, sha256 }]
        : [],
    );
    await tx.execute(sql`
      insert into fetches (project, canonical_url, host, page_url, outcome, sha256, attempts)
      select project, canonical_url, split_part(split_part(canonical_url, '://', 2), '/', 1), page_url, 'stored', sha256, 1
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
