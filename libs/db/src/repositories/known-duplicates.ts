import { sql } from 'drizzle-orm';
import { compareText } from '@winnow/contracts';
import type { Outcome } from '@winnow/contracts';
import type { Database } from '../database';
import { queryColumn, queryRows, sameUrl, textList } from '../query';

/** What was learnt of copies before any download. */
export interface KnownDuplicates {
  /** URLs that are not to be fetched, as a copy of them is stored or will be. */
  readonly skipped: number;
  /** URLs to be fetched after all: what stood for them failed, or is gone. */
  readonly released: number;
  /** Hits that were linked to the stored copy. */
  readonly occurrences: number;
}

/** Engines whose `sha1` is that of the very file at the image URL. What Bing's `md5` is of is not documented. */
const SHA1_ENGINES: readonly string[] = ['commons'];

/** A listed URL that is said to be a copy of another, or to have one. */
export interface LinkedUrl {
  readonly url: string;
  /** `failed`: it will not be tried again. */
  readonly state: 'stored' | 'open' | 'failed';
}

/** URLs that are copies of one another, by the engines' account. */
export interface CopyGroup {
  /** `duplicate_bytes` where a digest of the file says so. */
  readonly outcome: Extract<Outcome, 'duplicate_bytes' | 'duplicate_near'>;
  readonly urls: readonly string[];
}

/** The copy that stands for a URL. */
interface KnownCopy {
  readonly keptUrl: string;
  readonly outcome: CopyGroup['outcome'];
}

const byUrl = (a: LinkedUrl, b: LinkedUrl): number => compareText(a.url, b.url);

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
      occurrences: await linkHits(tx, project, imagesOf(groups, urls, copies)),
    };
  });
}

/**
 * Decides which URLs need no download. Stored ones come first, then those that may still be fetched, each in byte
 * order; each open URL that shares a group with an earlier one that is kept is its copy, by digest rather than by an
 * engine's list. So nobody stands for a copy who is a copy himself, and the order of groups does not matter.
 * @returns by URL, for open ones with a copy
 */
export function chooseCopies(urls: readonly LinkedUrl[], groups: readonly CopyGroup[]): ReadonlyMap<string, KnownCopy> {
  const order = [
    ...urls.filter(({ state }) => state === 'stored').sort(byUrl),
    ...urls.filter(({ state }) => state === 'open').sort(byUrl),
  ];
  const groupsOf = new Map<string, number[]>();
  for (const [index, group] of groups.entries()) {
    for (const url of group.urls) {
      const known = groupsOf.get(url);
      if (known === undefined) groupsOf.set(url, [index]);
      else known.push(index);
    }
  }
  /** By group: the place in the order of the first that is kept. */
  const keptIn = new Map<number, number>();
  const copies = new Map<string, KnownCopy>();
  for (const [location, { url, state }] of order.entries()) {
    const own = groupsOf.get(url) ?? [];
    const copy = state === 'stored' ? undefined : bestCopy(own, { groups, keptIn, order });
    if (copy !== undefined) copies.set(url, copy);
    else for (const index of own) if (!keptIn.has(index)) keptIn.set(index, location);
  }
  return copies;
}

function bestCopy(
  own: readonly number[],
  known: {
    readonly groups: readonly CopyGroup[];
    readonly keptIn: ReadonlyMap<number, number>;
    readonly order: readonly LinkedUrl[];
  },
): KnownCopy | undefined {
  const found = own.flatMap((index) => {
    const location = known.keptIn.get(index);
    const outcome = known.groups[index]?.outcome;
    return location === undefined || outcome === undefined ? [] : [{ place: location, outcome }];
  });
  const isNear = ({ outcome }: (typeof found)[number]): number => (outcome === 'duplicate_near' ? 1 : 0);
  const [best] = found.sort((a, b) => isNear(a) - isNear(b) || a.place - b.place);
  const keptUrl = best === undefined ? undefined : known.order[best.place]?.url;
  return best === undefined || keptUrl === undefined ? undefined : { keptUrl, outcome: best.outcome };
}

async function digestGroups(tx: Database, project: string): Promise<readonly CopyGroup[]> {
  const groups = await queryColumn<readonly string[]>(
    tx,
    sql`
      select jsonb_agg(canonical_url) from (
        select distinct lower(sha1) as sha1, canonical_url from hits
        where project = ${project} and sha1 is not null and canonical_url is not null
          and engine = any(${textList(SHA1_ENGINES)})
      ) stated
      group by sha1 having count(*) > 1`,
  );
  return groups.map((urls) => ({ outcome: 'duplicate_bytes', urls }));
}

async function engineGroups(tx: Database, project: string): Promise<readonly CopyGroup[]> {
  const found = await queryRows<{ readonly url: string; readonly other: string }>(
    tx,
    sql`
      select distinct h.canonical_url as url, d.url as other
      from (
        select canonical_url, engine_dups from hits
        where project = ${project} and engine_dups is not null and canonical_url is not null
          and jsonb_typeof(engine_dups) = 'array'
      ) h
      cross join lateral jsonb_array_elements_text(h.engine_dups) as d(url)
      join fetches f on f.project = ${project} and ${sameUrl('f.canonical_url', 'd.url')}
      where d.url <> h.canonical_url`,
  );
  return found.map(({ url, other }) => ({ outcome: 'duplicate_near', urls: [url, other] }));
}

async function storedUrls(tx: Database, project: string, urls: readonly string[]): Promise<readonly StoredUrl[]> {
  const found = await queryRows<Pick<StoredUrl, 'url' | 'outcome' | 'detail' | 'sha256' | 'isWaiting'>>(
    tx,
    sql`
      with linked as (
        select f.* from unnest(${textList(urls)}) as l(url)
        join fetches f on f.project = ${project} and ${sameUrl('f.canonical_url', 'l.url')}
      )
      select canonical_url as url, outcome, detail, sha256, next_try_at is not null as "isWaiting" from linked
      union
      select canonical_url, outcome, detail, sha256, next_try_at is not null from fetches
      where project = ${project} and outcome in ('duplicate_bytes', 'duplicate_near') and sha256 is null`,
  );
  return found.map((row) => {
    const { outcome, sha256, isWaiting } = row;
    const isSkipped = sha256 === null && (outcome === 'duplicate_bytes' || outcome === 'duplicate_near');
    const isOpen = outcome === null || isSkipped || isWaiting;
    return { ...row, isSkipped, state: sha256 !== null ? 'stored' : isOpen ? 'open' : 'failed' };
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
  const found = await queryRows(
    tx,
    sql`
      update fetches f set outcome = s.outcome, detail = s.detail, next_try_at = null, updated_at = now()
      from unnest(${textList(skips.map(({ url }) => url))}, ${textList(skips.map(({ outcome }) => outcome))},
        ${textList(skips.map(({ detail }) => detail))}) as s(url, outcome, detail)
      where f.project = ${project} and ${sameUrl('f.canonical_url', 's.url')}
        and f.sha256 is null
      returning 1`,
  );
  return found.length;
}

async function release(tx: Database, project: string, urls: readonly string[]): Promise<number> {
  if (urls.length === 0) return 0;
  const found = await queryRows(
    tx,
    sql`
      update fetches f set outcome = null, detail = null, next_try_at = null, updated_at = now()
      from unnest(${textList(urls)}) as r(url)
      where f.project = ${project} and ${sameUrl('f.canonical_url', 'r.url')}
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
  const found = await queryRows(
    tx,
    sql`
      insert into sightings (hit_id, sha256, project)
      select h.id, l.sha256, h.project
      from unnest(${textList(links.map(({ url }) => url))}, ${textList(links.map(({ sha256 }) => sha256))}) as l(url, sha256)
      join hits h on h.project = ${project} and ${sameUrl('h.canonical_url', 'l.url')}
      on conflict do nothing returning 1`,
  );
  return found.length;
}
