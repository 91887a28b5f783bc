import { and, eq, lt, sql } from 'drizzle-orm';
import type { Database } from '../../database';
import { queryRows } from '../../query';
import { workers } from '../../schema';

export interface WorkerRecord {
  readonly id: string;
  readonly hostname: string;
  readonly pid: number;
  readonly startedAt: Date;
  readonly heardAt: Date;
  readonly jobsDone: number;
  readonly imagesDone: number;
}

const GONE_AFTER = sql`interval '1 minute'`;

/** Says that a worker is at work; forgets those that have long been silent. */
export async function heartbeat(
  db: Database,
  worker: Pick<WorkerRecord, 'id' | 'hostname' | 'pid' | 'jobsDone' | 'imagesDone'>,
): Promise<void> {
  const { jobsDone, imagesDone } = worker;
  await db
    .insert(workers)
    .values(worker)
    .onConflictDoUpdate({ target: workers.id, set: { heardAt: sql`now()`, jobsDone, imagesDone } });
  await db.delete(workers).where(lt(workers.heardAt, sql`now() - ${GONE_AFTER}`));
}

export async function removeWorker(db: Database, id: string): Promise<void> {
  await db.delete(workers).where(eq(workers.id, id));
}

/** Workers heard of within the last minute. */
export async function readWorkers(db: Database): Promise<readonly WorkerRecord[]> {
  return db
    .select()
    .from(workers)
    .where(and(sql`${workers.heardAt} >= now() - ${GONE_AFTER}`))
    .orderBy(workers.startedAt, workers.id);
}

/** What all workers of a database have to do with, whoever has it. */
export interface FleetCounts {
  /** Heard of within the last minute. */
  readonly workers: number;
  /** Hosts that some worker may send requests to. */
  readonly hostsLeased: number;
  /** Objects of a store that wait to be removed. */
  readonly condemned: number;
}

export async function fleetCounts(db: Database): Promise<FleetCounts> {
  const [counts] = await queryRows<FleetCounts>(
    db,
    sql`
      select (select count(*) from workers where heard_at >= now() - ${GONE_AFTER})::integer as workers,
        (select count(*) from hosts where lease_until > clock_timestamp())::integer as "hostsLeased",
        (select count(*) from condemned where not is_gone)::integer as condemned`,
  );
  return counts ?? { workers: 0, hostsLeased: 0, condemned: 0 };
}
