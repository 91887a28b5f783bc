import { sql } from 'drizzle-orm';
import type { Database } from '../database';
import { queryRows } from '../query';

/** A build that holds what is to be forgotten. */
export interface MarkedBuild {
  readonly id: string;
  /** Of its samples, in byte order. */
  readonly keys: readonly string[];
}

/**
 * Notes which samples of a project's builds hold images that are to be forgotten: made from one, or standing for one as a
 * copy. @returns builds with such samples, by id
 */
export async function markBuilds(tx: Database, project: string): Promise<readonly MarkedBuild[]> {
  const found = await queryRows<MarkedBuild>(
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
      returning b.id, b.forgotten_keys as keys`,
  );
  return [...found].sort((a, b) => (a.id < b.id ? -1 : 1));
}
