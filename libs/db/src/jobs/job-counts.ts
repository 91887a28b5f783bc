import type { ExecuteSql } from '../database';
import { JOB_KINDS } from './job-kinds';
import type { JobCounts, JobKind } from './job-kinds';

/** Name of a kind's queue. */
export function queueOf(kind: JobKind): string {
  return `winnow-${kind}`;
}

/** Jobs by kind, of one project or of all; none where no crawl has ever been begun. */
export async function countJobs(execute: ExecuteSql, project?: string): Promise<Readonly<Record<JobKind, JobCounts>>> {
  const { rows: tables } = await execute(`select to_regclass('pgboss.job') is not null as present`);
  const { rows } =
    tables[0]?.['present'] === true
      ? await execute(
          `select name, state::text as state, count(*)::integer as jobs from pgboss.job
           where name = any($1::text[]) and ($2::text is null or data->>'project' = $3) group by 1, 2`,
          [JOB_KINDS.map(queueOf), project ?? null, project ?? null],
        )
      : { rows: [] };
  const count = (kind: JobKind, ...states: readonly string[]): number =>
    rows
      .filter(({ name, state }) => name === queueOf(kind) && states.includes(String(state)))
      .reduce((sum, { jobs }) => sum + Number(jobs), 0);
  return Object.fromEntries(
    JOB_KINDS.map((kind) => [
      kind,
      { queued: count(kind, 'created', 'retry'), running: count(kind, 'active'), dead: count(kind, 'failed') },
    ]),
  ) as unknown as Record<JobKind, JobCounts>;
}
