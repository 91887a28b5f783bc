import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Hit } from '@winnow/contracts';
import type { Database } from '../database';

/** Where a hit was listed. */
export type HitPlace = Pick<Hit, 'className' | 'engine' | 'query' | 'variant' | 'page' | 'rank'>;

/** A hit as it is stored; `canonicalUrl` is null where the listed URL was refused. */
export interface HitRow extends Hit {
  readonly id: string;
  readonly canonicalUrl: string | null;
}

/** The same place in the same listing gives the same id. */
export function hitId(project: string, { className, engine, query, variant, page, rank }: HitPlace): string {
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
  const { rows: stored } = (await tx.execute(sql`
    insert into hits select * from jsonb_populate_recordset(null::hits, ${JSON.stringify(rows)}::jsonb)
    on conflict do nothing returning id`)) as unknown as { rows: { id: string }[] };
  return new Set(stored.map(({ id }) => id));
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
