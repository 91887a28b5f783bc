import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import type { Database } from '../database';

/** An original as the index knows its file. */
export interface OriginalFile {
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Files of all pictures that a project's listings led to, in the order of their digests. */
export async function listOriginalFiles(db: Database, project: string): Promise<readonly OriginalFile[]> {
  const rows = await select(
    db,
    sql`
      select i.sha256, i.size_bytes from images i
      where exists (select from sightings s where s.project = ${project} and s.sha256 = i.sha256)
      order by i.sha256 collate "C"`,
  );
  return rows.map((row) => ({ sha256: String(row['sha256']), sizeBytes: Number(row['size_bytes']) }));
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
  const rows = await select(
    db,
    sql`
      select d.value from unnest(${sql.param([...digests])}::text[]) with ordinality as d(value, place)
      where not exists (${known}) order by d.place`,
  );
  return rows.map((row) => String(row['value']));
}

async function select(db: Database, query: SQL): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return ((await db.execute(query)) as unknown as { rows: Record<string, unknown>[] }).rows;
}
