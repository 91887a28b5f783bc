import { sql } from 'drizzle-orm';
import type { Database } from '../database';
import { chooseCopies } from './choose-copies';
import type { CopyGroup, KnownCopy, LinkedUrl } from './choose-copies';

/** What was learnt of copies before any download. */
export interface KnownDuplicates {
  /** URLs that are not to be fetched, as a copy of them is stored or will be. */
  readonly skipped: number;
  /** URLs to be fetched after all: what stood for them failed, or is gone. */
  readonly released: number;
  /** Hits that were linked to the stored copy. */
  readonly sightings: number;
}

/** Engines whose `sha1` is that of the very file at the image URL. What Bing's `md5` is of is not documented. */
const SHA1_ENGINES: readonly string[] = ['commons'];

type Row = Readonly<Record<string, unknown>>;

/** What is stored of a URL that some engine calls a copy, or that an earlier run skipped as one. */
interface StoredUrl extends LinkedUrl {
  readonly outcome: string | null;
  readonly detail: string | null;
  readonly sha256: string | null;
  readonly isWaiting: boolean;
  readonly isSkipped: boolean;
}

/**
 * Skips URLs whose file is known to come from another listed URL, by the digest that an engine states or by an
 * engine's own list of duplicates (as canonical URLs): outcome `duplicate_bytes` or `duplicate_near`, with the URL that
 * stands for it in `detail`. Links the hits of skipped URLs to the images of their copies once these are stored, and
 * makes skipped URLs due again where what stood for them failed for good. To be called before each round of fetching; depends on what is stored only, and
 * changes nothing the second time. One transaction.
 */
export async function skipKnownDuplicates(db: Database, project: string): Promise<KnownDuplicates> {
  return db.transaction(async (tx) => {
    const groups = [...(await digestGroups(tx, project)), ...(await engineGroups(tx, project))];
    const urls = await storedUrls(tx, project, [...new Set(groups.flatMap((group) => group.urls))]);
    const copies = chooseCopies(urls, groups);
    return {
      skipped: await skip(tx, project, changed(urls, copies)),
      released: await release(
        tx,
        project,
        urls.filter(({ url, isSkipped }) => isSkipped && !copies.has(url)).map(({ url }) => url),
      ),
      sightings: await linkHits(tx, project, imagesOf(groups, urls, copies)),
    };
  });
}

async function digestGroups(tx: Database, project: string): Promise<readonly CopyGroup[]> {
  const found = await rows(
    tx,
    sql`
      select sha1, jsonb_agg(canonical_url) as urls from (
        select distinct lower(sha1) as sha1, canonical_url from hits
        where project = ${project} and canonical_url is not null and sha1 is not null
          and engine = any(${list(SHA1_ENGINES)})
      ) stated
      group by sha1 having count(*) > 1`,
  );
  return found.map((row) => ({ outcome: 'duplicate_bytes', urls: row['urls'] as string[] }));
}

async function engineGroups(tx: Database, project: string): Promise<readonly CopyGroup[]> {
  const found = await rows(
    tx,
    sql`
      select distinct h.canonical_url as url, d.url as other
      from (
        select canonical_url, engine_dups from hits
        where project = ${project} and canonical_url is not null and jsonb_typeof(engine_dups) = 'array'
      ) h
      cross join lateral jsonb_array_elements_text(h.engine_dups) as d(url)
      join fetches f on f.project = ${project} and md5(f.canonical_url) = md5(d.url) and f.canonical_url = d.url
      where d.url <> h.canonical_url`,
  );
  return found.map((row) => ({ outcome: 'duplicate_near', urls: [String(row['url']), String(row['other'])] }));
}

async function storedUrls(tx: Database, project: string, urls: readonly string[]): Promise<readonly StoredUrl[]> {
  const found = await rows(
    tx,
    sql`
      with linked as (
        select f.* from unnest(${list(urls)}) as l(url)
        join fetches f on f.project = ${project} and md5(f.canonical_url) = md5(l.url) and f.canonical_url = l.url
      )
      select canonical_url, outcome, detail, sha256, next_try_at is not null as waiting from linked
      union
      select canonical_url, outcome, detail, sha256, next_try_at is not null from fetches
      where project = ${project} and outcome in ('duplicate_bytes', 'duplicate_near') and sha256 is null`,
  );
  return found.map((row) => {
    const [outcome, detail, sha256] = [text(row['outcome']), text(row['detail']), text(row['sha256'])];
    const isSkipped = sha256 === null && (outcome === 'duplicate_bytes' || outcome === 'duplicate_near');
    const isWaiting = row['waiting'] === true;
    const isOpen = outcome === null || isSkipped || isWaiting;
    const state = sha256 !== null ? 'stored' : isOpen ? 'open' : 'failed';
    return { url: String(row['canonical_url']), state, outcome, detail, sha256, isWaiting, isSkipped };
  });
}

interface Skip {
  readonly url: string;
  readonly outcome: string;
  readonly detail: string;
}

/** Copies that are not recorded as such yet. */
function changed(urls: readonly StoredUrl[], copies: ReadonlyMap<string, KnownCopy>): readonly Skip[] {
  return urls.flatMap(({ url, outcome, detail, isWaiting }) => {
    const copy = copies.get(url);
    if (copy === undefined) return [];
    const why = `${copy.outcome === 'duplicate_bytes' ? 'the same file as' : 'by the engine a copy of'} ${copy.keptUrl}`;
    const isRecorded = outcome === copy.outcome && detail === why && !isWaiting;
    return isRecorded ? [] : [{ url, outcome: copy.outcome, detail: why }];
  });
}

async function skip(tx: Database, project: string, skips: readonly Skip[]): Promise<number> {
  if (skips.length === 0) return 0;
  const found = await rows(
    tx,
    sql`
      update fetches f set outcome = s.outcome, detail = s.detail, next_try_at = null, updated_at = now()
      from unnest(${list(skips.map(({ url }) => url))}, ${list(skips.map(({ outcome }) => outcome))},
        ${list(skips.map(({ detail }) => detail))}) as s(url, outcome, detail)
      where f.project = ${project} and md5(f.canonical_url) = md5(s.url) and f.canonical_url = s.url
        and f.sha256 is null
      returning 1`,
  );
  return found.length;
}

async function release(tx: Database, project: string, urls: readonly string[]): Promise<number> {
  if (urls.length === 0) return 0;
  const found = await rows(
    tx,
    sql`
      update fetches f set outcome = null, detail = null, next_try_at = null, updated_at = now()
      from unnest(${list(urls)}) as r(url)
      where f.project = ${project} and md5(f.canonical_url) = md5(r.url) and f.canonical_url = r.url
        and f.sha256 is null
      returning 1`,
  );
  return found.length;
}

interface CopyImage {
  readonly url: string;
  readonly sha256: string;
}

/** The images of all stored copies of each skipped URL: which of them came first does not matter. */
function imagesOf(
  groups: readonly CopyGroup[],
  urls: readonly StoredUrl[],
  copies: ReadonlyMap<string, KnownCopy>,
): readonly CopyImage[] {
  const digests = new Map(urls.map(({ url, sha256 }) => [url, sha256]));
  return groups.flatMap((group) => {
    const images = new Set(group.urls.flatMap((url) => digests.get(url) ?? []));
    const skipped = group.urls.filter((url) => copies.has(url));
    return skipped.flatMap((url) => [...images].map((sha256) => ({ url, sha256 })));
  });
}

async function linkHits(tx: Database, project: string, links: readonly CopyImage[]): Promise<number> {
  if (links.length === 0) return 0;
  const found = await rows(
    tx,
    sql`
      insert into sightings (hit_id, sha256, project)
      select h.id, l.sha256, h.project
      from unnest(${list(links.map(({ url }) => url))}, ${list(links.map(({ sha256 }) => sha256))}) as l(url, sha256)
      join hits h on h.project = ${project} and md5(h.canonical_url) = md5(l.url) and h.canonical_url = l.url
      on conflict do nothing returning 1`,
  );
  return found.length;
}

async function rows(tx: Database, query: ReturnType<typeof sql>): Promise<readonly Row[]> {
  return ((await tx.execute(query)) as unknown as { rows: Row[] }).rows;
}

function list(values: readonly (string | null)[]) {
  return sql`${sql.param(values)}::text[]`;
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
