import { sql } from 'drizzle-orm';
import type { Outcome } from '@winnow/contracts';
import type { Database } from '../database';

/**
 * What became of a project's originals when their URLs were last asked for.
 * @returns by digest, for originals of which every URL that led to them came to the same outcome
 */
export async function listFetchOutcomes(db: Database, project: string): Promise<ReadonlyMap<string, Outcome>> {
  const { rows } = (await db.execute(sql`
    select s.sha256, min(f.outcome collate "C") as outcome
    from sightings s join hits h on h.id = s.hit_id
    join fetches f on f.project = h.project
      and md5(f.canonical_url) = md5(h.canonical_url) and f.canonical_url = h.canonical_url
    where s.project = ${project}
    group by s.sha256
    having count(distinct f.outcome) = 1 and count(*) = count(f.outcome)`)) as unknown as {
    rows: { readonly sha256: string; readonly outcome: Outcome }[];
  };
  return new Map(rows.map(({ sha256, outcome }) => [sha256, outcome]));
}
