/**
 * Our own statements on the tables of pg-boss 10: the only place that knows its columns (`pg-boss-sql.spec.ts` says when another
 * release has others). They read `name`, `data`, `state`, `retry_count`, `started_on`, `start_after`, `priority` and `created_on` of
 * `pgboss.job`, and rely on `state` being ordered: what is before `active` waits. Sending, failing, time limits and
 * maintenance are pg-boss's own. What its interface has instead, and why it does not do:
 *
 * | ours | its interface | why not |
 * |---|---|---|
 * | `claim` | `fetch` | takes jobs of any project; returns no jobs where the database is away, instead of the error |
 * | `complete` | `complete` | ends a job whoever holds it: a worker that was taken for dead would end the one of its heir |
 * | `release`, `releaseAll` | `fail` | giving a job back is no failed try |
 * | `keepAlive` | none | a job's time would end while it is worked on |
 * | `count`, `anyOther`, `givenUp` | `getQueueSize` | one queue at a time, of all projects, and nothing of what failed |
 * | `discard` | `deleteJob`, `purgeQueue` | by ids; of all projects |
 * | `makeQueue` | `createQueue` | not in a transaction of ours: processes that make the same queues at once lock each other out |
 */

/** $1 queue, $2 and $3 project or null twice, $4 most jobs, $5 queue. The oldest first. */
export const CLAIM = `
  with next as (
    select id from pgboss.job
    where name = $1 and state < 'active' and start_after <= now() and ($2::text is null or data->>'project' = $3)
    order by priority desc, created_on, id limit $4 for update skip locked)
  update pgboss.job j set state = 'active', started_on = now(),
    retry_count = case when started_on is null then retry_count else retry_count + 1 end
  from next where j.name = $5 and j.id = next.id
  returning j.id, j.data, j.retry_count`;

/** $1 queue, $2 id, $3 attempt. No row where another worker has the job. */
export const COMPLETE = `
  update pgboss.job set state = 'completed', completed_on = now()
  where name = $1 and id = $2::uuid and retry_count = $3 and state = 'active' returning id`;

/** $1 seconds until when nobody takes them, $2 ids, $3 their attempts. */
export const RELEASE = `
  update pgboss.job j set state = 'retry', started_on = null, start_after = now() + $1 * interval '1 second'
  from unnest($2::uuid[], $3::integer[]) as own(id, attempt)
  where j.id = own.id and j.retry_count = own.attempt and j.state = 'active'`;

export const RELEASE_ALL = `
  update pgboss.job set state = 'retry', started_on = null, start_after = now()
  where state = 'active' and name like 'winnow-%'`;

/** $1 ids, $2 their attempts. Rows of those that are still held. */
export const KEEP_ALIVE = `
  update pgboss.job j set started_on = now() from unnest($1::uuid[], $2::integer[]) as own(id, attempt)
  where j.id = own.id and j.retry_count = own.attempt and j.state = 'active' returning j.id`;

/** False where pg-boss was never started on a database. */
export const HAS_JOBS = `select to_regclass('pgboss.job') is not null as present`;

/** $1 queues, $2 and $3 project or null twice. */
export const COUNT = `
  select name, state::text as state, count(*)::integer as jobs from pgboss.job
  where name = any($1::text[]) and ($2::text is null or data->>'project' = $3) group by 1, 2`;

/** $1 queues, $2 ids. Whether any job is under way, or waits and is none of these. */
export const ANY_OTHER = `
  select exists (select from pgboss.job
    where name = any($1::text[]) and (state = 'active' or state < 'active' and not id = any($2::uuid[]))) as "isAny"`;

/** $1 queues, $2 project. */
export const GIVEN_UP = `
  select data from pgboss.job where name = any($1::text[]) and state = 'failed' and data->>'project' = $2`;

/** $1 queues, $2 project. */
export const DISCARD = `
  delete from pgboss.job where name = any($1::text[]) and data->>'project' = $2
  and state in ('created', 'retry', 'failed')`;

/** $1 number of the lock: held to the end of the transaction. */
export const LOCK_SETUP = 'select pg_advisory_xact_lock($1::bigint)';

/** $1 queue, $2 its options as pg-boss's `createQueue` writes them. Does nothing where it is there. */
export const MAKE_QUEUE = 'select pgboss.create_queue($1, $2::json)';
