import { createHash } from 'node:crypto';
import { and, eq, sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { IMPORT_ENGINES } from '@winnow/contracts';
import type { Database } from '../database';
import { queryColumn, queryRows, textList } from '../query';
import { forgotten } from '../schema';
import { markBuilds } from './mark-builds';
import type { MarkedBuild } from './mark-builds';
import { lockCrawl } from './crawl/crawl-rounds';

/** What is to be forgotten. */
export interface ForgetTargets {
  /** Canonical image URLs. */
  readonly urls: readonly string[];
  /** Lower-case names without port; each stands for its subdomains too. */
  readonly hosts: readonly string[];
  /** sha256 of files, hex, lower case. */
  readonly digests: readonly string[];
}

export interface ForgetResult {
  /** Rows that this call removed. */
  readonly hits: number;
  readonly urls: number;
  /** Digests of the images that the project has no more because of this call, sorted. */
  readonly images: readonly string[];
  /** Of all forgotten images, those that no project in this database refers to: their files are to be removed. */
  readonly unreferenced: readonly string[];
  /** Of all forgotten images, those that another project refers to: their files stay. */
  readonly shared: readonly string[];
  /** Builds of the project that hold forgotten images, by id, with the keys of the samples, sorted. */
  readonly builds: readonly MarkedBuild[];
  /** Other images of the project that a build took for copies of forgotten ones: they stay. Sorted. */
  readonly copies: readonly string[];
}

/** Digests of the engines' answers that list what is to be forgotten: files to remove before the rows. Sorted. */
export async function answersToForget(
  db: Database,
  project: string,
  targets: ForgetTargets,
): Promise<readonly string[]> {
  const affected = await findAffected(db, project, targets);
  const answers = sql`
    select distinct h.raw_ref from hits h
    where h.project = ${project} and h.raw_ref is not null and ${isAffected(affected)}`;
  return (await queryColumn(db, answers)).sort();
}

/**
 * Removes images from a project: what is known of them by any listing, and the images themselves, whatever URL they
 * came from; remembers URLs, hosts and digests; marks the builds that hold them. One transaction. Files are left to the
 * caller, who removes those of `unreferenced`; called again, it names them again.
 */
export async function forgetImages(db: Database, project: string, targets: ForgetTargets): Promise<ForgetResult> {
  return db.transaction(async (tx) => {
    await lockCrawl(tx, project);
    await tx.execute(sql`insert into projects (name) values (${project}) on conflict do nothing`);
    const affected = await findAffected(tx, project, targets);
    const removed = await removeRows(tx, project, affected);
    await remember(tx, project, {
      url: [...new Set([...targets.urls, ...affected.urls.filter(isOfWeb)])].map(forgottenUrlDigest),
      host: targets.hosts,
      sha256: [...new Set([...targets.digests, ...removed.images])],
    });
    const shared = await removeImages(tx, project);
    return {
      ...removed,
      ...shared,
      builds: await markBuilds(tx, project),
      copies: await listCopies(tx, project),
    };
  });
}

interface Affected {
  readonly urls: readonly string[];
  readonly digests: readonly string[];
}

/** The URLs and images named, the images of those URLs, and the other URLs of those images. */
async function findAffected(tx: Database, project: string, targets: ForgetTargets): Promise<Affected> {
  const { hosts } = targets;
  const named = await queryColumn(
    tx,
    sql`
        select canonical_url from fetches where project = ${project} and (
          canonical_url = any(${textList(targets.urls)}) or final_url = any(${textList(targets.urls)})
          or ${isBelow(sql`canonical_url`, hosts)} or ${isBelow(sql`final_url`, hosts)})
        union
        select canonical_url from hits where project = ${project} and canonical_url is not null and (
          canonical_url = any(${textList(targets.urls)}) or ${isBelow(sql`canonical_url`, hosts)})`,
  );
  const digests = await queryColumn(
    tx,
    sql`
        select unnest(${textList(targets.digests)})
        union
        select sha256 from fetches
        where project = ${project} and sha256 is not null and canonical_url = any(${textList(named)})
        union
        select s.sha256 from sightings s join hits h on h.id = s.hit_id
        where h.project = ${project} and h.canonical_url = any(${textList(named)})`,
  );
  const urls = await queryColumn(
    tx,
    sql`
        select unnest(${textList(named)})
        union
        select canonical_url from fetches where project = ${project} and sha256 = any(${textList(digests)})
        union
        select h.canonical_url from sightings s join hits h on h.id = s.hit_id
        where s.project = ${project} and s.sha256 = any(${textList(digests)}) and h.canonical_url is not null`,
  );
  return { urls, digests };
}

/** Of a hit `h`. */
function isAffected({ urls, digests }: Affected) {
  return sql`(h.canonical_url = any(${textList(urls)}) or exists (
    select 1 from sightings s where s.hit_id = h.id and s.sha256 = any(${textList(digests)})))`;
}

async function removeRows(
  tx: Database,
  project: string,
  affected: Affected,
): Promise<Pick<ForgetResult, 'hits' | 'urls' | 'images'>> {
  const hitIds = await queryColumn(
    tx,
    sql`select h.id from hits h where h.project = ${project} and ${isAffected(affected)}`,
  );
  const seen = await queryColumn(
    tx,
    sql`delete from sightings where hit_id = any(${textList(hitIds)}) returning sha256`,
  );
  await tx.execute(sql`delete from hits where id = any(${textList(hitIds)})`);
  const fetched = await queryRows<{ readonly sha256: string | null }>(
    tx,
    sql`
      delete from fetches where project = ${project}
        and (canonical_url = any(${textList(affected.urls)}) or sha256 = any(${textList(affected.digests)}))
      returning sha256`,
  );
  // An earlier file of a URL that is forgotten goes too, unless another URL still leads to it.
  const candidates = new Set([...seen, ...fetched.map(({ sha256 }) => sha256)]);
  const unreferenced = sql`
    select distinct c.sha256 from unnest(${textList(candidates)}) as c(sha256)
    where not exists (select 1 from sightings s where s.project = ${project} and s.sha256 = c.sha256)
      and not exists (select 1 from fetches f where f.project = ${project} and f.sha256 = c.sha256)`;
  const images = (await queryColumn(tx, unreferenced)).sort();
  const gone = textList([...images, ...affected.digests]);
  await tx.execute(
    sql`delete from decisions where project = ${project} and (sha256 = any(${gone}) or other_sha256 = any(${gone}))`,
  );
  return { hits: hitIds.length, urls: fetched.length, images };
}

async function remember(
  tx: Database,
  project: string,
  facts: Readonly<Record<'url' | 'host' | 'sha256', readonly string[]>>,
): Promise<void> {
  for (const [kind, all] of Object.entries(facts)) {
    await tx.execute(sql`
      insert into forgotten (project, kind, value) select ${project}, ${kind}, unnest(${textList(all)})
      on conflict do nothing`);
  }
}

/** Removes the rows of forgotten images that nobody refers to. */
async function removeImages(tx: Database, project: string): Promise<Pick<ForgetResult, 'unreferenced' | 'shared'>> {
  const digests = sql`select value from forgotten where project = ${project} and kind = 'sha256'`;
  await tx.execute(sql`
    delete from images i where i.sha256 in (${digests})
      and not exists (select 1 from sightings s where s.sha256 = i.sha256)
      and not exists (select 1 from fetches f where f.sha256 = i.sha256)`);
  const found = await queryRows<{ readonly value: string; readonly kept: boolean }>(
    tx,
    sql`
      select g.value, i.sha256 is not null as kept from (${digests}) g
      left join images i on i.sha256 = g.value order by g.value collate "C"`,
  );
  const digestsOf = (isKept: boolean) => found.filter(({ kept }) => kept === isKept).map(({ value }) => value);
  return { unreferenced: digestsOf(false), shared: digestsOf(true) };
}

async function listCopies(tx: Database, project: string): Promise<readonly string[]> {
  const copies = await queryColumn(
    tx,
    sql`
      with clusters as (
        select e.build_id, e.kept_sha256, e.sha256 from exclusions e
        join builds b on b.id = e.build_id and b.project = ${project} where e.kept_sha256 is not null
        union
        select e.build_id, e.kept_sha256, e.kept_sha256 from exclusions e
        join builds b on b.id = e.build_id and b.project = ${project} where e.kept_sha256 is not null
      )
      select distinct other.sha256 from clusters c
      join forgotten g on g.project = ${project} and g.kind = 'sha256' and g.value = c.sha256
      join clusters other on other.build_id = c.build_id and other.kept_sha256 = c.kept_sha256
      where exists (select 1 from sightings s where s.project = ${project} and s.sha256 = other.sha256)`,
  );
  return copies.sort();
}

/** Whether a URL is of one of the hosts or below one. */
function isBelow(url: SQL, hosts: readonly string[]) {
  const host = sql`regexp_replace(split_part(split_part(${url}, '://', 2), '/', 1), ':[0-9]+$', '')`;
  return sql`exists (select 1 from unnest(${textList(hosts)}) as w(host)
    where ${host} = w.host or right(${host}, length(w.host) + 1) = '.' || w.host)`;
}

/** Tells what must neither be listed nor stored again; reads nothing. */
export interface ForgottenFilter {
  isForgotten(canonicalUrl: string): boolean;
  /** sha256 of files, hex. */
  readonly forgottenDigests: ReadonlySet<string>;
}

/** What a project was told to forget, as it stands now. */
export async function forgottenFilter(db: Database, project: string): Promise<ForgottenFilter> {
  const found = await db
    .select({ kind: forgotten.kind, value: forgotten.value })
    .from(forgotten)
    .where(eq(forgotten.project, project));
  const of = (kind: 'url' | 'host' | 'sha256'): ReadonlySet<string> =>
    new Set(found.filter((row) => row.kind === kind).map(({ value }) => value));
  const [urls, hosts] = [of('url'), of('host')];
  return {
    isForgotten: (url) =>
      (hosts.size > 0 && hostAndParents(url).some((host) => hosts.has(host))) ||
      (urls.size > 0 && urls.has(forgottenUrlDigest(url))),
    forgottenDigests: of('sha256'),
  };
}

/** Of how many files a project was told to forget the digest: it only grows. */
export async function countForgottenDigests(db: Database, project: string): Promise<number> {
  return db.$count(forgotten, and(eq(forgotten.project, project), eq(forgotten.kind, 'sha256')));
}

/** Another file may come to lie at the place that an import took one from; what was forgotten is known by its digest. */
function isOfWeb(canonicalUrl: string): boolean {
  return !IMPORT_ENGINES.some((engine) => canonicalUrl.startsWith(`${engine}:`));
}

/** How a forgotten URL is remembered: it is not spelt out again. */
function forgottenUrlDigest(canonicalUrl: string): string {
  return createHash('sha256').update(canonicalUrl).digest('hex');
}

/** `a.b.c` of a canonical URL, then `b.c`, then `c`. */
function hostAndParents(canonicalUrl: string): readonly string[] {
  const host = (canonicalUrl.split('/', 3)[2] ?? '').replace(/:\d+$/, '');
  const labels = host.split('.');
  return labels.map((_, index) => labels.slice(index).join('.'));
}
