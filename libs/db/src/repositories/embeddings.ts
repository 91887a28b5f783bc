import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { WinnowError } from '@winnow/contracts';
import type { Database } from '../database';
import { queryColumn, queryRows, textList } from '../query';
import { embeddings, forgotten, hits, images, occurrences } from '../schema';
import { notOptedOut } from './build-images';

/** What a network says of an image. */
export interface Embedding {
  /** Of the original, hex. */
  readonly sha256: string;
  /** Of length one, or all zero. */
  readonly values: Float32Array;
}

/** The embeddings of a project's originals by one network. */
export interface ProjectEmbeddings {
  /** Digest of the network and of how images are put to it. */
  readonly network: string;
  /** By digest of the original, in the order of the digests; an original may have none. */
  readonly values: ReadonlyMap<string, Float32Array>;
}

/** Read at once: 20 MB of a network with 512 features. */
const PAGE = 10_000;
const FLOAT_BYTES = 4;

/** Stores embeddings, replacing those of the same network. An image that was forgotten meanwhile is left out. */
export async function saveEmbeddings(db: Database, network: string, rows: readonly Embedding[]): Promise<void> {
  const digests = rows.map(({ sha256 }) => sha256);
  // As hex text: the drivers write lists of bytes each in its own way.
  const values = rows.map((row) => encode(row.values).toString('hex'));
  await db.execute(sql`
    insert into ${embeddings} (sha256, network, "values")
    select i.sha256, ${network}, decode(r.hex, 'hex')
    from unnest(${textList(digests)}, ${textList(values)}) as r(sha256, hex)
    join ${images} i on i.sha256 = r.sha256
    for key share of i
    on conflict (network, sha256) do update set "values" = excluded."values", stored_at = excluded.stored_at`);
}

/**
 * Digests of the project's decoded originals that may be used and that the network has said nothing of, sorted.
 * @param network as given to saveEmbeddings
 */
export async function missingEmbeddings(db: Database, project: string, network: string): Promise<string[]> {
  return queryColumn(
    db,
    sql`
      select i.sha256 from ${images} i
      where i.pixel_sha256 is not null and ${isUsable(project)}
        and not exists (select from ${embeddings} e where e.network = ${network} and e.sha256 = i.sha256)
      order by i.sha256 collate "C"`,
  );
}

/** How many of the project's originals may be used and were not decoded yet, so that none of them is missing above. */
export async function countUndecoded(db: Database, project: string): Promise<number> {
  const [count] = await queryColumn<number>(
    db,
    sql`
      select count(*)::integer from ${images} i
      where i.pixel_sha256 is null and i.decode_outcome is null and ${isUsable(project)}`,
  );
  return count ?? 0;
}

/**
 * Makes this network the one that was stored last: for a run that found all embeddings there already. Touches one row.
 */
export async function renewEmbeddings(db: Database, project: string, network: string): Promise<void> {
  await db.execute(sql`
    update ${embeddings} set stored_at = now() where network = ${network} and sha256 = (
      select i.sha256 from ${embeddings} e join ${images} i on i.sha256 = e.sha256
      where e.network = ${network} and ${isUsable(project)} order by i.sha256 collate "C" limit 1)`);
}

/**
 * Embeddings by the network that was stored last, of those that know most of the project's originals: one that was
 * stopped half-way, or that another project used on a few common images, does not displace a complete one.
 * @param among digests of the only originals whose embeddings are wanted; without it all are
 * @returns null where there are none; of those that are named there may be none all the same
 * @throws WinnowError DATA_CORRUPT for a row that is no list of floats
 */
export async function projectEmbeddings(
  db: Database,
  project: string,
  among?: readonly string[],
): Promise<ProjectEmbeddings | null> {
  const network = await storedNetwork(db, project);
  if (network === null) return null;
  const wanted = among === undefined ? sql`` : sql` and i.sha256 = any(${textList(among)})`;
  const digests = await queryColumn(
    db,
    sql`
      select i.sha256 from ${embeddings} e join ${images} i on i.sha256 = e.sha256
      where e.network = ${network} and ${isUsable(project)}${wanted} order by i.sha256 collate "C"`,
  );
  const values = await readEmbeddings(db, network, digests);
  return among === undefined && values.size === 0 ? null : { network, values };
}

/**
 * Embeddings by one network, in the order of the digests; an original may have none.
 * @param digests sorted
 * @throws WinnowError DATA_CORRUPT for a row that is no list of floats
 */
export async function readEmbeddings(
  db: Database,
  network: string,
  digests: readonly string[],
): Promise<ReadonlyMap<string, Float32Array>> {
  const values = new Map<string, Float32Array>();
  for (let from = 0; from < digests.length; from += PAGE) {
    const page = textList(digests.slice(from, from + PAGE));
    const rows = await queryRows<{ sha256: string; values: Uint8Array }>(
      db,
      sql`
        select e.sha256, e.values from unnest(${page}) as p(sha256)
        join ${embeddings} e on e.network = ${network} and e.sha256 = p.sha256
        order by e.sha256 collate "C"`,
    );
    for (const row of rows) values.set(row.sha256, decode(row.sha256, row.values));
  }
  return values;
}

/** Where one network alone was ever used, as is usual, an index tells; else all rows of the project are counted. */
async function storedNetwork(db: Database, project: string): Promise<string | null> {
  const [ends] = await queryRows<{ first: string | null; last: string | null }>(
    db,
    sql`select min(network) as first, max(network) as last from ${embeddings}`,
  );
  if (ends === undefined || ends.first === ends.last) return ends?.first ?? null;
  const [network] = await queryColumn(
    db,
    sql`
      select e.network from ${embeddings} e join ${images} i on i.sha256 = e.sha256 where ${isUsable(project)}
      group by e.network order by count(*) desc, max(e.stored_at) desc, e.network collate "C" limit 1`,
  );
  return network ?? null;
}

/** Of an image `i`: a listing of the project leads to it that was not taken back, and it was not forgotten. */
function isUsable(project: string): SQL {
  return sql`exists (
      select from ${occurrences} join ${hits} on ${hits.id} = ${occurrences.hitId}
      where ${occurrences.project} = ${project} and ${occurrences.sha256} = i.sha256 and ${notOptedOut})
    and not exists (
      select from ${forgotten} g where g.project = ${project} and g.kind = 'sha256' and g.value = i.sha256)`;
}

/** 32-bit floats, little-endian. */
function encode(values: Float32Array): Buffer {
  const bytes = Buffer.alloc(values.length * FLOAT_BYTES);
  values.forEach((value, index) => bytes.writeFloatLE(value, index * FLOAT_BYTES));
  return bytes;
}

function decode(sha256: string, stored: Uint8Array): Float32Array {
  const bytes = new DataView(stored.buffer, stored.byteOffset, stored.byteLength);
  if (bytes.byteLength === 0 || bytes.byteLength % FLOAT_BYTES !== 0) {
    throw new WinnowError(
      'DATA_CORRUPT',
      `A stored embedding has ${bytes.byteLength} bytes, which is no list of floats`,
      {
        where: `table embeddings, sha256 ${sha256}`,
        next: 'Delete its row, and run `winnow embed` again.',
      },
    );
  }
  return Float32Array.from({ length: bytes.byteLength / FLOAT_BYTES }, (_, index) =>
    bytes.getFloat32(index * FLOAT_BYTES, true),
  );
}
