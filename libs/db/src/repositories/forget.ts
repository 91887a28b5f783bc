import { sql } from 'drizzle-orm';
import type { Database } from '../database';
import { lockCrawl } from './crawl-rounds';
import { forgottenUrlDigest } from './forgotten-filter';

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
  /** Digests of the pictures that the project has no more because of this call, sorted. */
  readonly images: readonly string[];
  /** Of all forgotten pictures, those that no project in this database refers to: their files are to be removed. */
  readonly unreferenced: readonly string[];
  /** Of all forgotten pictures, those that another project refers to: their files stay. */
  readonly shared: readonly string[];
  /** Builds of the project that hold forgotten pictures, by id, with the keys of the samples, sorted. */
  readonly builds: readonly { readonly id: string; readonly keys: readonly string[] }[];
  /** Other pictures of the project that a build took for copies of forgotten ones: they stay. Sorted. */
  readonly copies: readonly string[];
}

type Row = Readonly<Record<string, unknown>>;

/** Digests of the engines' answers that list what is to be forgotten: files to remove before the rows. Sorted. */
export async function answersToForget(
  db: Database,
  project: string,
  targets: ForgetTargets,
): Promise<readonly string[]> {
  const affected = await findAffected(db, project, targets);
  const found = await rows(
    db,
    sql`
      select distinct h.raw_ref as value from hits h
      where h.project = ${project} and h.raw_ref is not null and ${isAffected(affected)}`,
  );
  return values(found).sort();
}

/**
 * Removes pictures from a project: what is known of them by any listing, and the pictures themselves, whatever URL they
 * came from; remembers URLs, hosts and digests; marks the builds that hold them. One transaction. Files are left to the
 * caller, who removes those of `unreferenced`; called again, it names them again.
 */
export async function forgetPictures(db: Database, project: string, targets: ForgetTargets): Promise<ForgetResult> {
  return db.transaction(async (tx) => {
    await lockCrawl(tx, project);
    await tx.execute(sql`insert into projects (name) values (${project}) on conflict do nothing`);
    const affected = await findAffected(tx, project, targets);
    const removed = await removeRows(tx, project, affected);
    await remember(tx, project, {
      url: [...new Set([...targets.urls, ...affected.urls])].map(forgottenUrlDigest),
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

/** The URLs and pictures named, the pictures of those URLs, and the other URLs of those pictures. */
async function findAffected(tx: Database, project: string, targets: ForgetTargets): Promise<Affected> {
  const { hosts } = targets;
  const named = values(
    await rows(
      tx,
      sql`
        select canonical_url as value from fetches where project = ${project} and (
          canonical_url = any(${list(targets.urls)}) or final_url = any(${list(targets.urls)})
          or ${isBelow(sql`canonical_url`, hosts)} or ${isBelow(sql`final_url`, hosts)})
        union
        select canonical_url from hits where project = ${project} and canonical_url is not null and (
          canonical_url = any(${list(targets.urls)}) or ${isBelow(sql`canonical_url`, hosts)})`,
    ),
  );
  const digests = values(
    await rows(
      tx,
      sql`
        select unnest(${list(targets.digests)}) as value
        union
        select sha256 from fetches
        where project = ${project} and sha256 is not null and canonical_url = any(${list(named)})
        union
        select s.sha256 from sightings s join hits h on h.id = s.hit_id
        where h.project = ${project} and h.canonical_url = any(${list(named)})`,
    ),
  );
  const urls = values(
    await rows(
      tx,
      sql`
        select unnest(${list(named)}) as value
        union
        select canonical_url from fetches where project = ${project} and sha256 = any(${list(digests)})
        union
        select h.canonical_url from sightings s join hits h on h.id = s.hit_id
        where s.project = ${project} and s.sha256 = any(${list(digests)}) and h.canonical_url is not null`,
    ),
  );
  return { urls, digests };
}

/** Of a hit `h`. */
function isAffected({ urls, digests }: Affected) {
  return sql`(h.canonical_url = any(${list(urls)}) or exists (
    select 1 from sightings s where s.hit_id = h.id and s.sha256 = any(${list(digests)})))`;
}

async function removeRows(
  tx: Database,
  project: string,
  affected: Affected,
): Promise<Pick<ForgetResult, 'hits' | 'urls' | 'images'>> {
  const hitIds = values(
    await rows(tx, sql`select h.id as value from hits h where h.project = ${project} and ${isAffected(affected)}`),
  );
  const seen = values(
    await rows(tx, sql`delete from sightings where hit_id = any(${list(hitIds)}) returning sha256 as value`),
  );
  await tx.execute(sql`delete from hits where id = any(${list(hitIds)})`);
  const fetched = await rows(
    tx,
    sql`
      delete from fetches where project = ${project}
        and (canonical_url = any(${list(affected.urls)}) or sha256 = any(${list(affected.digests)}))
      returning sha256 as value`,
  );
  // An earlier file of a URL that is forgotten goes too, unless another URL still leads to it.
  const images = values(
    await rows(
      tx,
      sql`
        select distinct c.sha256 as value from unnest(${list([...new Set([...seen, ...values(fetched)])])}) as c(sha256)
        where not exists (select 1 from sightings s where s.project = ${project} and s.sha256 = c.sha256)
          and not exists (select 1 from fetches f where f.project = ${project} and f.sha256 = c.sha256)`,
    ),
  ).sort();
  const gone = list([...images, ...affected.digests]);
  await tx.execute(sql`delete from reviews where project = ${project} and sha256 = any(${gone})`);
  return { hits: hitIds.length, urls: fetched.length, images };
}

async function remember(
  tx: Database,
  project: string,
  facts: Readonly<Record<'url' | 'host' | 'sha256', readonly string[]>>,
): Promise<void> {
  for (const [kind, all] of Object.entries(facts)) {
    await tx.execute(sql`
      insert into forgotten (project, kind, value) select ${project}, ${kind}, unnest(${list(all)})
      on conflict do nothing`);
  }
}

/** Removes the rows of forgotten pictures that nobody refers to. */
async function removeImages(tx: Database, project: string): Promise<Pick<ForgetResult, 'unreferenced' | 'shared'>> {
  const digests = sql`select value from forgotten where project = ${project} and kind = 'sha256'`;
  await tx.execute(sql`
    delete from images i where i.sha256 in (${digests})
      and not exists (select 1 from sightings s where s.sha256 = i.sha256)
      and not exists (select 1 from fetches f where f.sha256 = i.sha256)`);
  const found = await rows(
    tx,
    sql`
      select g.value, i.sha256 is not null as kept from (${digests}) g
      left join images i on i.sha256 = g.value order by g.value collate "C"`,
  );
  return {
    unreferenced: values(found.filter((row) => row['kept'] !== true)),
    shared: values(found.filter((row) => row['kept'] === true)),
  };
}

/** A sample holds a forgotten picture where it was made from it, or where it stands for it as a copy. */
async function markBuilds(tx: Database, project: string): Promise<ForgetResult['builds']> {
  const found = await rows(
    tx,
    sql`
      with held as (
        select s.build_id, s.key from samples s
        join builds b on b.id = s.build_id and b.project = ${project}
        join forgotten g on g.project = ${project} and g.kind = 'sha256' and g.value = s.sha256
        union
        select s.build_id, s.key from exclusions e
        join builds b on b.id = e.build_id and b.project = ${project}
        join forgotten g on g.project = ${project} and g.kind = 'sha256' and g.value = e.sha256
        join samples s on s.build_id = e.build_id and s.sha256 = e.kept_sha256
      ), keys as (
        select build_id, jsonb_agg(key order by key collate "C") as keys from held group by build_id
      )
      update builds b set forgotten_keys = k.keys from keys k where k.build_id = b.id
      returning b.id, b.forgotten_keys`,
  );
  return found
    .map((row) => ({ id: String(row['id']), keys: row['forgotten_keys'] as string[] }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function listCopies(tx: Database, project: string): Promise<readonly string[]> {
  const found = await rows(
    tx,
    sql`
      with clusters as (
        select e.build_id, e.kept_sha256, e.sha256 from exclusions e
        join builds b on b.id = e.build_id and b.project = ${project} where e.kept_sha256 is not null
        union
        select e.build_id, e.kept_sha256, e.kept_sha256 from exclusions e
        join builds b on b.id = e.build_id and b.project = ${project} where e.kept_sha256 is not null
      )
      select distinct other.sha256 as value from clusters c
      join forgotten g on g.project = ${project} and g.kind = 'sha256' and g.value = c.sha256
      join clusters other on other.build_id = c.build_id and other.kept_sha256 = c.kept_sha256
      where exists (select 1 from sightings s where s.project = ${project} and s.sha256 = other.sha256)`,
  );
  return values(found).sort();
}

/** Whether a URL is of one of the hosts or below one. */
function isBelow(url: ReturnType<typeof sql>, hosts: readonly string[]) {
  const host = sql`regexp_replace(split_part(split_part(${url}, '://', 2), '/', 1), ':[0-9]+$', '')`;
  return sql`exists (select 1 from unnest(${list(hosts)}) as w(host)
    where ${host} = w.host or right(${host}, length(w.host) + 1) = '.' || w.host)`;
}

async function rows(tx: Database, query: ReturnType<typeof sql>): Promise<readonly Row[]> {
  return ((await tx.execute(query)) as unknown as { rows: Row[] }).rows;
}

function values(found: readonly Row[]): string[] {
  return found.flatMap((row) => (typeof row['value'] === 'string' ? [row['value']] : []));
}

function list(items: readonly string[]) {
  return sql`${sql.param(items)}::text[]`;
}
