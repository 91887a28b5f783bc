import { request } from 'node:http';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { FETCH_ENDS, HEARTBEATS, JOB_ENDS, STORE_REQUESTS } from '@winnow/files';
import { heartbeat, JobQueue, suspendEngine, takeHosts } from '@winnow/db';
import { createTestDatabase, databasesUnderTest } from '@winnow/db/testing';
import type { TestDatabase } from '@winnow/db/testing';
import { parseListen, serveOperations } from './operations-server';
import { unready, WorkerHealth } from './worker-health';
import { WorkerMetrics } from './worker-metrics';

describe('parseListen', () => {
  it.each([
    ['9464', '127.0.0.1', 9464],
    ['0.0.0.0:0', '0.0.0.0', 0],
    ['worker.internal:80', 'worker.internal', 80],
    ['[::1]:65535', '::1', 65_535],
  ])('reads %s', (text, host, port) => expect(parseListen(text)).toEqual({ host, port }));

  it.each(['', 'x', ':80', '1.2.3.4:', '65536', '-1', '::1:80', 'a:b:80', '80 '])('refuses %j', (text) => {
    expect(() => parseListen(text)).toThrow(/No address to listen at/);
  });
});

describe.each(databasesUnderTest(process.env).filter(({ available }) => available))(
  'metrics ($name)',
  ({ name, url }) => {
    let database: TestDatabase;
    let jobs: JobQueue;
    let metrics: WorkerMetrics;
    beforeAll(async () => {
      database = await createTestDatabase(url);
      jobs = await JobQueue.open(database);
    });
    afterAll(async () => {
      await jobs.close();
      await database.close();
    });
    beforeEach(async () => {
      await database.reset();
      metrics = new WorkerMetrics({ database, jobs, version: '1.2.3' });
    });
    afterEach(() => metrics.close());

    const lines = async (): Promise<readonly string[]> => (await metrics.text()).split('\n');

    it('tells what this process did, and what the database says of all', async () => {
      JOB_ENDS.publish({ kind: 'fetch', outcome: 'done', seconds: 2, isRetry: true });
      JOB_ENDS.publish({ kind: 'fetch', outcome: 'failed', seconds: 70, isRetry: false });
      FETCH_ENDS.publish({ outcome: 'stored', bytes: 1000 });
      FETCH_ENDS.publish({ outcome: 'stored', bytes: 24 });
      STORE_REQUESTS.publish({ op: 'put', code: '200', seconds: 0.02, bytes: 500, retries: 2 });
      await heartbeat(database.db, { id: 'w', hostname: 'h', pid: 1, jobsDone: 0, imagesDone: 0 });
      await takeHosts(database.db, { holder: 'w', hosts: ['a.test', 'b.test'], leaseMillis: 60_000 });
      await takeHosts(database.db, { holder: 'w', hosts: ['c.test'], leaseMillis: -1 });
      await suspendEngine(database.db, 'bing', { until: new Date(Date.now() + 60_000), reason: null });
      await jobs.send([{ kind: 'list', data: { project: 'p', className: 'c' }, key: 'p c' }]);
      const text = await lines();
      for (const line of [
        `winnow_build_info{version="1.2.3",node="${process.version}"} 1`,
        'winnow_job_seconds_bucket{le="1",kind="fetch",outcome="done"} 0',
        'winnow_job_seconds_bucket{le="5",kind="fetch",outcome="done"} 1',
        'winnow_job_seconds_count{kind="fetch",outcome="failed"} 1',
        'winnow_job_retries_total{kind="fetch"} 1',
        'winnow_urls_total{outcome="stored"} 2',
        'winnow_urls_total{outcome="timeout"} 0',
        'winnow_fetched_bytes_total 1024',
        'winnow_store_requests_total{op="put",code="200"} 1',
        'winnow_store_bytes_total{op="put"} 500',
        'winnow_store_retries_total 2',
        'winnow_database_up 1',
        'winnow_workers 1',
        'winnow_hosts_leased 2',
        'winnow_condemned 0',
        'winnow_engine_suspended{engine="bing"} 1',
        'winnow_engine_suspended{engine="openverse"} 0',
        'winnow_jobs{kind="list",state="queued"} 1',
        'winnow_jobs{kind="fetch",state="dead"} 0',
      ]) {
        expect(text).toContain(line);
      }
      expect(text.filter((line) => line.startsWith('winnow_db_pool{'))).toHaveLength(name === 'postgres' ? 3 : 0);
      expect(text.some((line) => line.startsWith('nodejs_eventloop_lag_seconds '))).toBe(true);
      // Every name once, and few series in all.
      const names = text.filter((line) => line.startsWith('# TYPE ')).map((line) => line.split(' ')[2]);
      expect(new Set(names).size).toBe(names.length);
      expect(text.filter((line) => line !== '' && !line.startsWith('#')).length).toBeLessThan(400);
    });

    it('counts nothing once it is closed, and two of them each for itself', async () => {
      const other = new WorkerMetrics({ database, jobs, version: 'other' });
      other.close();
      FETCH_ENDS.publish({ outcome: 'stored', bytes: 1 });
      expect(await lines()).toContain('winnow_urls_total{outcome="stored"} 1');
      expect((await other.text()).includes('winnow_urls_total')).toBe(false);
    });

    it('says so where the database does not answer, and what it knows by itself all the same', async () => {
      const failing = { counts: () => Promise.reject(new Error('away')) };
      const blind = new WorkerMetrics({ database, jobs: failing, version: '1' });
      FETCH_ENDS.publish({ outcome: 'stored', bytes: 1 });
      const text = await blind.text();
      blind.close();
      expect(text).toContain('winnow_database_up 0');
      expect(text).toContain('winnow_urls_total{outcome="stored"} 1');
      expect(text).not.toContain('winnow_workers');
    });

    it('serves figures, health and readiness, and nothing else', async () => {
      const health = new WorkerHealth('w');
      let problem: string | null = null;
      const server = await serveOperations({
        listen: { host: '127.0.0.1', port: 0 },
        metrics,
        unhealthy: () => problem ?? health.unhealthy(),
        unready: () => unready(database.db, undefined),
      });
      const ask = async (path: string, method = 'GET') => {
        const sent = request({ host: '127.0.0.1', port: server.port, path, method }).end();
        const [response] = (await once(sent, 'response')) as [IncomingMessage];
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        return [response.statusCode, Buffer.concat(chunks).toString(), response.headers['content-type']] as const;
      };
      HEARTBEATS.publish({ workerId: 'w' });
      expect(await ask('/healthz')).toEqual([200, 'ok\n', 'text/plain; charset=utf-8']);
      expect((await ask('/readyz')).slice(0, 2)).toEqual([200, 'ok\n']);
      const [status, text, type] = await ask('/metrics');
      expect([status, type]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
      expect(text).toContain('winnow_workers 0');
      expect((await ask('/metrics', 'HEAD')).slice(0, 2)).toEqual([200, '']);
      expect((await ask('/metrics', 'POST'))[0]).toBe(405);
      expect((await ask('/'))[0]).toBe(404);
      expect((await ask('http://elsewhere.test/metrics'))[0]).toBe(404);
      problem = 'no heartbeat for 99 s';
      expect((await ask('/healthz')).slice(0, 2)).toEqual([503, 'no heartbeat for 99 s\n']);
      await server.close();
      health.close();
    });

    it('is not ready where the originals of the database are elsewhere', async () => {
      await database.executeSql("insert into object_store (id, url, is_marked) values ('other', 's3://b/y', true)");
      expect(await unready(database.db, undefined)).toBe('STORE_MISMATCH');
    });
  },
);
