import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Hit, ImageMeasures } from '@winnow/contracts';
import type { Database } from '../database';
import { queryColumn, textList } from '../query';

/** Where a hit was listed. */
export type HitLocation = Pick<Hit, 'className' | 'engine' | 'query' | 'variant' | 'page' | 'rank'>;

/** A hit as it is stored; `canonicalUrl` is null where the listed URL was refused. */
export interface HitRow extends Hit {
  readonly id: string;
  readonly canonicalUrl: string | null;
}

/** The same place in the same listing gives the same id. */
export function hitId(project: string, { className, engine, query, variant, page, rank }: HitLocation): string {
  const parts = [project, className, engine, query, variant, page, rank];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** Stores hits; where one has the same place it stays. @returns ids of those that are new */
export async function insertHits(
  tx: Database,
  project: string,
  { hits, at }: { readonly hits: readonly HitRow[]; readonly at: Date },
): Promise<ReadonlySet<string>> {
  if (hits.length === 0) return new Set();
  const rows = hits.map((hit) => toColumns(hit, project, at));
  const stored = sql`
    insert into hits select * from jsonb_populate_recordset(null::hits, ${JSON.stringify(rows)}::jsonb)
    on conflict do nothing returning id`;
  return new Set(await queryColumn(tx, stored));
}

/** One text parameter for a page is some ten times faster, in the embedded database, than one for each value. */
function toColumns(hit: HitRow, project: string, at: Date): Record<string, unknown> {
  return {
    id: hit.id,
    project,
    class_name: hit.className,
    engine: hit.engine,
    engine_version: hit.engineVersion,
    query: hit.query,
    variant: hit.variant,
    page: hit.page,
    rank: hit.rank,
    image_url: hit.imageUrl,
    canonical_url: hit.canonicalUrl,
    page_url: hit.pageUrl,
    thumb_url: hit.thumbUrl,
    title: hit.title,
    width: hit.width,
    height: hit.height,
    mime: hit.mime,
    size_bytes: hit.bytes,
    sha1: hit.sha1,
    md5: hit.md5,
    license: hit.license,
    license_url: hit.licenseUrl,
    creator: hit.creator,
    attribution: hit.attribution,
    engine_dups: hit.engineDups,
    raw_ref: hit.rawRef,
    fetched_at: at,
  };
}

/** A file that is on disk, with what is known of it. */
export interface FetchedImage {
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly mime: string;
  readonly width: number;
  readonly height: number;
  /** With those below: what a build would otherwise have to decode the file for. */
  readonly pixelSha256?: string;
  /** 64 hex digits. */
  readonly pdq?: string;
  readonly pdqQuality?: number;
  readonly measures?: ImageMeasures;
  /** Of a small image: by which it is compared with others. */
  readonly descriptor?: Uint8Array | null;
}

/** Stores files; of one that is known what was stored first stays. */
export async function insertImages(
  tx: Database,
  images: readonly (FetchedImage & { readonly at: Date })[],
): Promise<void> {
  if (images.length === 0) return;
  const rows = images.map(({ descriptor: _, ...row }) => row);
  await tx.execute(sql`
    insert into images (sha256, size_bytes, mime, width, height, pixel_sha256, pdq, pdq_quality, measures, stored_at)
    select distinct on (sha256) sha256, "sizeBytes", mime, width, height, "pixelSha256", pdq, "pdqQuality", measures, at
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as i(sha256 text, "sizeBytes" bigint, mime text, width integer, height integer, "pixelSha256" text, pdq text,
        "pdqQuality" integer, measures jsonb, at timestamptz)
    order by sha256
    on conflict do nothing`);
  await insertDescriptors(tx, images);
}

/** Stores what images are compared by. They are stored; what is stored of one already stays. */
export async function insertDescriptors(
  tx: Database,
  images: readonly Pick<FetchedImage, 'sha256' | 'descriptor'>[],
): Promise<void> {
  const described = images.flatMap(({ sha256, descriptor }) => (descriptor ? [{ sha256, descriptor }] : []));
  if (described.length === 0) return;
  // As hex text: the drivers write lists of bytes each in its own way.
  const hex = described.map(({ descriptor }) => Buffer.from(descriptor).toString('hex'));
  await tx.execute(sql`
    insert into descriptors (sha256, bytes) select r.sha256, decode(r.hex, 'hex')
    from unnest(${textList(described.map(({ sha256 }) => sha256))}, ${textList(hex)}) as r(sha256, hex)
    on conflict do nothing`);
}

/** Notes that hits led to images. Both are stored; what is noted already stays. */
export async function insertSightings(
  tx: Database,
  project: string,
  seen: readonly { readonly hitId: string; readonly sha256: string }[],
): Promise<void> {
  const rows = seen.map(({ hitId, sha256 }) => ({ hit_id: hitId, sha256, project }));
  await tx.execute(sql`
    insert into sightings select * from jsonb_populate_recordset(null::sightings, ${JSON.stringify(rows)}::jsonb)
    on conflict do nothing`);
}
