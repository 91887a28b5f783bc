import { createTestDatabase } from '../testing/test-database';
import { databasesUnderTest } from '../testing/database-under-test';
import { JobQueue } from './job-queue';

/** What `pg-boss-sql.ts` knows of pg-boss's tables. */
const KNOWN = {
  schemaVersion: 24,
  job: {
    completed_on: 'timestamp with time zone',
    created_on: 'timestamp with time zone',
    data: 'jsonb',
    id: 'uuid',
    name: 'text',
    priority: 'integer',
    retry_count: 'integer',
    start_after: 'timestamp with time zone',
    started_on: 'timestamp with time zone',
    state: 'job_state',
  },
  states: ['created', 'retry', 'active', 'completed', 'cancelled', 'failed'],
};

describe.each(databasesUnderTest(process.env).filter(({ available }) => available))('pg-boss ($name)', ({ url }) => {
  it('has the tables that our statements were written for; where it has not, go through pg-boss-sql.ts', async () => {
    const database = await createTestDatabase(url);
    const queue = await JobQueue.open(database);
    const [version, columns, states] = [
      await database.executeSql('select version from pgboss.version'),
      await database.executeSql(
        `select column_name as name, case data_type when 'USER-DEFINED' then udt_name else data_type end as type
         from information_schema.columns
         where table_schema = 'pgboss' and table_name = 'job' and column_name = any($1::text[])`,
        [Object.keys(KNOWN.job)],
      ),
      await database.executeSql(
        `select e.enumlabel as state from pg_enum e join pg_type t on t.oid = e.enumtypid
         where t.typname = 'job_state' order by e.enumsortorder`,
      ),
    ];
    await queue.close();
    await database.close();
    expect({
      schemaVersion: version.rows[0]?.['version'],
      job: Object.fromEntries(columns.rows.map(({ name, type }) => [name, type])),
      states: states.rows.map(({ state }) => state),
    }).toEqual(KNOWN);
  });
});
