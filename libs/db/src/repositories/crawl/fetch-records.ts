import { sql } from 'drizzle-orm';
import type { Outcome } from '@winnow/contracts';
import type { Database } from '../../database';
import { queryColumn, sameUrl, textList } from '../../query';
import { forgottenFilter } from '../forget';
import { shareCrawl } from './crawl-rounds';
import { insertImages } from '../insert-rows';
import type { FetchedImage } from '../insert-rows';

/** What came of fetching one URL. The file of `image`, if any, is on disk already. */
export interface FetchRecord {
  readonly canonicalUrl: string;
  readonly outcome: Outcome;
  readonly detail: string | null;
  /** Requests made for this URL so far, all runs together. */
  readonly attempts: number;
  readonly at: Date;
  readonly nextTryAt: Date | null;
  readonly finalUrl: string | null;
  readonly status: number | null;
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** Until when the answer holds without asking again; null or left out where the server did not say. */
  readonly freshUntil?: Date | null;
  readonly image: FetchedImage | null;
  /** Without `image`: the digest of an earlier copy that still stands. */
  readonly keptSha256?: string | null;
}

/**
 * Records what came of some URLs: images, outcomes and sightings, all of them together or not at all. What was to be
 * forgotten meanwhile is left out.
 * @returns digests of files that were left out and that nothing refers to: the caller removes them
 */
export async function recordFetches(
  db: Database,
  project: string,
  records: readonly FetchRecord[],
): Promise<readonly string[]> {
  return db.transaction(async (tx) => {
    // Takedowns lock the project for themselves: they come before, or see what is stored here.
    await shareCrawl(tx, project);
    const kept = await withoutForgotten(tx, project, records);
    await storeRecords(tx, project, kept);
    const stored = new Set(kept.flatMap(({ image }) => image?.sha256 ?? []));
    const dropped = records.flatMap(({ image }) => (image === null || stored.has(image.sha256) ? [] : [image.sha256]));
    return dropped.length === 0 ? [] : unreferencedImages(tx, dropped);
  });
}

/** Records whose URL is still to be fetched; of files that are to be forgotten, or came from a place that is, only that they were not wanted. */
async function withoutForgotten(
  tx: Database,
  project: string,
  records: readonly FetchRecord[],
): Promise<readonly FetchRecord[]> {
  const urls = records.map(({ canonicalUrl }) => canonicalUrl);
  const known = sql`
    select f.canonical_url from unnest(${textList(urls)}) as u(url)
    join fetches f on f.project = ${project} and ${sameUrl('f.canonical_url', 'u.url')}`;
  const digests = records.flatMap(({ image }) => image?.sha256 ?? []);
  const unwantedDigests = await forgottenAmong(tx, project, digests);
  const knownUrls = new Set(await queryColumn(tx, known));
  const isElsewhere = ({ canonicalUrl, finalUrl, image }: FetchRecord): boolean =>
    image !== null && finalUrl !== null && finalUrl !== canonicalUrl;
  const { isForgotten } = records.some(isElsewhere) ? await forgottenFilter(tx, project) : { isForgotten: () => false };
  const isUnwanted = (record: FetchRecord): boolean =>
    (record.image !== null && unwantedDigests.has(record.image.sha256)) ||
    (isElsewhere(record) && isForgotten(record.finalUrl ?? ''));
  return records
    .filter(({ canonicalUrl }) => knownUrls.has(canonicalUrl))
    .map((record) =>
      isUnwanted(record)
        ? {
            ...record,
            ...{ outcome: 'opted_out', detail: 'to be forgotten', nextTryAt: null },
            ...{ image: null, keptSha256: null },
          }
        : record,
    );
}

/** Of these digests, those that the project was told to forget. */
export async function forgottenAmong(
  tx: Database,
  project: string,
  digests: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = sql`
    select value from forgotten where project = ${project} and kind = 'sha256' and value = any(${textList(digests)})`;
  return new Set(await queryColumn(tx, found));
}

/** Of these digests, those of files that no project has. */
export async function unreferencedImages(tx: Database, digests: readonly string[]): Promise<readonly string[]> {
  return queryColumn(
    tx,
    sql`
      select digest from unnest(${textList(new Set(digests))}) as d(digest)
      where not exists (select from images i where i.sha256 = d.digest)`,
  );
}

async function storeRecords(tx: Database, project: string, records: readonly FetchRecord[]): Promise<void> {
  const images = records.flatMap(({ image, at }) => (image === null ? [] : [{ ...image, at }]));
  const found = records.filter(({ image }) => image !== null);
  const urls = textList(records.map(({ canonicalUrl }) => canonicalUrl));
  const facts = textList(records.map(({ image, ...record }) => JSON.stringify({ ...record, sha256: image?.sha256 })));
  await insertImages(tx, images);
  await tx.execute(sql`
      update fetches f set outcome = r.j->>'outcome', detail = r.j->>'detail', attempts = (r.j->>'attempts')::integer, unfinished_tries = 0,
        updated_at = (r.j->>'at')::timestamptz, next_try_at = (r.j->>'nextTryAt')::timestamptz,
        final_url = r.j->>'finalUrl', status = (r.j->>'status')::integer, etag = r.j->>'etag',
        last_modified = r.j->>'lastModified', fresh_until = (r.j->>'freshUntil')::timestamptz,
        sha256 = coalesce(r.j->>'sha256', r.j->>'keptSha256')
      from (select url, facts::jsonb as j from unnest(${urls}, ${facts}) as u(url, facts)) r
      where f.project = ${project} and ${sameUrl('f.canonical_url', 'r.url')}`);
  if (found.length > 0) {
    await tx.execute(sql`
        insert into sightings (hit_id, sha256, project)
        select h.id, r.sha256, h.project
        from unnest(${textList(found.map(({ canonicalUrl }) => canonicalUrl))},
          ${textList(found.map(({ image }) => image?.sha256))}) as r(url, sha256)
        join hits h on h.project = ${project} and ${sameUrl('h.canonical_url', 'r.url')}
        on conflict do nothing`);
  }
}
