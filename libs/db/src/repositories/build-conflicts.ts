import { sql } from 'drizzle-orm';
import type { Database } from '../database';
import { queryRows } from '../query';
import { notOptedOut } from './build-images';

/** An image of a build of which copies were found under several classes. */
export interface ConflictRow {
  readonly sha256: string;
  /** Its label. */
  readonly className: string;
  /** Listings of it and its copies by class, as they are now; the largest count first. */
  readonly votes: readonly { readonly className: string; readonly count: number }[];
}

/** Images of a build that were found under several classes, themselves or by their copies, sorted by digest. */
export async function listConflicts(db: Database, project: string, buildId: string): Promise<readonly ConflictRow[]> {
  return queryRows<ConflictRow>(
    db,
    sql`
      with conflicting as (
        select sha256, class_name from samples where build_id = ${buildId} and conflicts <> '[]'::jsonb
      ), members as (
        select sha256 as kept, sha256 from conflicting
        union
        select e.kept_sha256, e.sha256 from exclusions e join conflicting c on c.sha256 = e.kept_sha256
        where e.build_id = ${buildId}
      ), votes as (
        select m.kept, hits.class_name, count(*)::integer as count from members m
        join sightings s on s.project = ${project} and s.sha256 = m.sha256
        join hits on hits.id = s.hit_id where ${notOptedOut}
        group by m.kept, hits.class_name
      )
      select c.sha256, c.class_name as "className", coalesce((
        select json_agg(json_build_object('className', v.class_name, 'count', v.count)
          order by v.count desc, v.class_name collate "C")
        from votes v where v.kept = c.sha256), '[]'::json) as votes
      from conflicting c order by c.sha256 collate "C"`,
  );
}
