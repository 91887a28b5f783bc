import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import type { Database } from './database';

/** Rows of a query in SQL, as the driver gives them; numbers beyond 32 bits, counts among them, may come as text. */
export async function queryRows<T = Readonly<Record<string, unknown>>>(
  db: Database,
  query: SQL,
): Promise<readonly T[]> {
  return ((await db.execute(query)) as unknown as { readonly rows: readonly T[] }).rows;
}

/** The first column of a query's rows, without nulls. */
export async function queryColumn<T = string>(db: Database, query: SQL): Promise<T[]> {
  const values = (await queryRows(db, query)).map((row) => Object.values(row)[0] as T | null);
  return values.filter((value) => value !== null);
}

/** Texts as one parameter. The planner knows how long `unnest` of it is, so it looks few rows up by index. */
export function textList(texts: Iterable<string | null | undefined>): SQL {
  return sql`${sql.param([...texts])}::text[]`;
}

/** A column that holds URLs, with the alias of its table; never a value. */
type UrlColumn = `${string}.${'canonical_url' | 'url'}` | 'canonical_url';

/** Condition that two columns hold the same URL, by the indexes over digests: URLs may be longer than an index entry. */
export function sameUrl(a: UrlColumn, b: UrlColumn): SQL {
  return sql.raw(`(md5(${a}) = md5(${b}) and ${a} = ${b})`);
}

/** Host of a canonical URL, with the port where it is not the usual one. */
export function hostOf(url: UrlColumn): SQL {
  return sql.raw(`split_part(split_part(${url}, '://', 2), '/', 1)`);
}
