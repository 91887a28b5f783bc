import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { dueHosts, JobQueue, projectStatus, readCrawl, retryFailedFetches, takeHosts } from '@winnow/db';
import { createTestDatabase, databasesUnderTest } from '@winnow/db/testing';
import type { TestDatabase } from '@winnow/db/testing';
import { FETCH_ENDS, HEARTBEATS, JOB_ENDS } from '@winnow/files';
import type { JobEnd } from '@winnow/files';
import { encodePng } from '@winnow/imaging';
import { SeededRandom } from '@winnow/random';
import { SYSTEM_CLOCK } from '../politeness/clock';
import { advanceCrawl } from './advance-crawl';
import { crawlProject } from './crawl-project';
import type { CrawlOptions } from './crawl-project';
import { startLoopbackServer } from '../spec-support/loopback-server';
import type { LoopbackServer } from '../spec-support/loopback-server';
import { work } from './worker';
import type { WorkerOptions } from './worker';

const HOSTS = ['a.test', 'b.test', 'c.test', 'd.test'];
const PER_HOST = 6;
let server: LoopbackServer;
let stateDir: string;
/** When requests came, by host; milliseconds. */
const arrivals = new Map<string, number[]>();
const underWay = new Map<string, number>();
let maxAtOnce = 0;
let maxInAll = 0;
/** No answer comes to this. */
let held: string | undefined;
/** Of the listing of each class. */
let pageCount: 1 | 3 = 1;

async function image(seed: number): Promise<Buffer> {
  const random = new SeededRandom(seed);
  const data = Uint8Array.from({ length: 32 * 32 * 3 }, () => random.int(256));
  return Buffer.from(await encodePng({ width: 32, height: 32, data }));
}

/** Each class has all hosts, on one page; or every page has one URL of each. */
function listing(query: string, page: number): string {
  const indices = pageCount === 1 ? [0, 1, 2] : [page - 1];
  const results = HOSTS.flatMap((host) =>
    indices.map((index) => ({ url: `http://${host}/${query}/${index}.png`, title: query })),
  );
  return JSON.stringify({ result_count: 12, page_count: pageCount, page_size: results.length, page, results });
}

beforeAll(async () => {
  const images = new Map<string, Buffer>();
  for (const [number, name] of HOSTS.flatMap((host) =>
    ['cat', 'dog'].flatMap((query) => [0, 1, 2].map((index) => `${host}/${query}/${index}.png`)),
  ).entries()) {
    images.set(name, await image(number));
  }
  server = await startLoopbackServer((request, response) => {
    const host = request.headers.host ?? '';
    const url = new URL(request.url ?? '', `http://${host}`);
    if (url.pathname === '/robots.txt') return void response.writeHead(404).end();
    if (host === 'api.openverse.org') {
      return void response.end(listing(url.searchParams.get('q') ?? '', Number(url.searchParams.get('page') ?? 1)));
    }
    arrivals.set(host, [...(arrivals.get(host) ?? []), performance.now()]);
    underWay.set(host, (underWay.get(host) ?? 0) + 1);
    maxAtOnce = Math.max(maxAtOnce, underWay.get(host) ?? 0);
    maxInAll = Math.max(
      maxInAll,
      [...underWay.values()].reduce((sum, number) => sum + number, 0),
    );
    response.on('close', () => underWay.set(host, (underWay.get(host) ?? 0) - 1));
    if (`${host}${url.pathname}` !== held) response.end(images.get(`${host}${url.pathname}`));
  });
});
afterAll(() => server.close());
beforeEach(() => {
  stateDir = mkdtempSync(path.join(tmpdir(), 'winnow-worker-'));
  arrivals.clear();
  maxAtOnce = 0;
  held = undefined;
  pageCount = 1;
  server.requests.length = 0;
});
afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

/** As `events.getMaxListeners`, which does not know the signals of Jest's sandbox. */
function maxListeners(signal: AbortSignal): unknown {
  const key = Object.getOwnPropertySymbols(signal).find((symbol) =>
    symbol.description?.includes('axEventTargetListeners'),
  );
  return key === undefined ? undefined : Reflect.get(signal, key);
}

const imageRequests = (): readonly string[] => server.requests.filter((line) => line.endsWith('.png')).sort();

describe.each(databasesUnderTest(process.env).filter(({ available }) => available))('worker ($name)', ({ url }) => {
  let database: TestDatabase;
  let jobs: JobQueue;
  beforeAll(async () => {
    database = await createTestDatabase(url);
    jobs = await JobQueue.open(database);
  });
  afterAll(async () => {
    await jobs.close();
    await database.close();
  });
  beforeEach(() => database.reset());

  const enqueue = (harvest: Partial<CrawlOptions['harvest']> = {}, names: readonly string[] = ['cat', 'dog']) =>
    crawlProject({
      project: {
        name: 'pets',
        classes: names.map((name) => ({ name, queries: [name] })),
      },
      database,
      store: undefined,
      jobs,
      stateDir,
      seed: 1,
      signal: new AbortController().signal,
      progress: { start: () => ({ update: () => undefined, end: () => undefined }) },
      loopbackOnly: true,
      enqueueOnly: true,
      harvest: {
        engines: ['openverse'],
        perClass: 100,
        licenses: 'any',
        filters: {},
        expand: [],
        safe: 'strict',
        respectRobots: true,
        respectTdm: false,
        checkPages: 'none',
        delayMillis: 0,
        concurrency: 8,
        perHost: 2,
        maxBytes: 1_000_000,
        maxPixels: 1_000_000,
        minSide: 24,
        maxAspectRatio: 5,
        encode: false,
        resolve: Object.fromEntries(['api.openverse.org', ...HOSTS].map((host) => [host, server.address])),
        ...harvest,
      },
    });
  const worker = (workerId: string, changes: Partial<WorkerOptions> = {}) =>
    work({
      database,
      jobs,
      workerId,
      until: 'idle',
      store: undefined,
      loopbackOnly: true,
      apiKeys: {},
      clock: SYSTEM_CLOCK,
      signal: new AbortController().signal,
      onFailure: () => undefined,
      ...changes,
    });

  /** Waits until a worker that does not end by itself has brought that about: looks each time that it has asked for jobs. */
  const until = async (isSo: () => Promise<boolean>): Promise<void> => {
    const claim = jobs.claim.bind(jobs);
    const claims = jest.spyOn(jobs, 'claim');
    try {
      while (!(await isSo())) {
        await new Promise<void>((resolve) =>
          claims.mockImplementationOnce((...wanted) => claim(...wanted).finally(resolve)),
        );
      }
    } finally {
      claims.mockRestore();
    }
  };

  it('does with others what a crawl alone would do, each image once', async () => {
    await enqueue();
    const results = await Promise.all(['one', 'two', 'three'].map((name) => worker(name)));
    expect(results.reduce((sum, { urlsTried }) => sum + urlsTried, 0)).toBe(24);
    expect(imageRequests()).toEqual([...new Set(imageRequests())]);
    expect(await projectStatus(database, 'pets', new Date())).toMatchObject({
      images: 24,
      pending: 0,
      outcomes: { stored: 24 },
      crawl: {
        state: 'ended',
        perEngine: [{ name: 'openverse', queued: 0, done: 24, failed: 0 }],
        perClass: [
          { name: 'cat', done: 12 },
          { name: 'dog', done: 12 },
        ],
        workers: [],
      },
    });
  });

  it('tells whoever measures it what became of jobs and URLs, and that it lives', async () => {
    const [jobEnds, fetchEnds, beats]: [JobEnd[], string[], string[]] = [[], [], []];
    const ends = [
      JOB_ENDS.subscribe((end) => jobEnds.push(end)),
      FETCH_ENDS.subscribe(({ outcome, bytes }) => fetchEnds.push(`${outcome} ${bytes > 0}`)),
      HEARTBEATS.subscribe(({ workerId }) => beats.push(workerId)),
    ];
    await enqueue();
    await worker('one');
    for (const end of ends) end();
    expect(fetchEnds).toEqual(Array<string>(24).fill('stored true'));
    expect(beats).toContain('one');
    expect(new Set(jobEnds.map(({ kind, outcome, isRetry }) => `${kind} ${outcome} ${isRetry}`))).toEqual(
      new Set(['advance done false', 'list done false', 'fetch done false']),
    );
    expect(jobEnds.every(({ seconds }) => seconds > 0 && seconds < 60)).toBe(true);
  });

  it('lets any number of requests listen for its end, without a warning of leaks', async () => {
    // Node's own warning does not reach a process in Jest's sandbox.
    const combined = jest.spyOn(AbortSignal, 'any');
    try {
      await enqueue();
      await worker('busy');
      const signals = combined.mock.results.map(({ value }) => value as AbortSignal);
      expect(signals.length).toBeGreaterThan(3);
      expect(signals.filter((signal) => maxListeners(signal) !== 0).length).toBeLessThanOrEqual(1);
    } finally {
      combined.mockRestore();
    }
  });

  it('is as gentle with others as alone: spacing and number at once hold for all together', async () => {
    const delayMillis = 60;
    await enqueue({ delayMillis, perHost: 1 });
    await Promise.all(['one', 'two', 'three'].map((name) => worker(name)));
    expect(arrivals.size).toBe(HOSTS.length);
    for (const times of arrivals.values()) {
      expect(times).toHaveLength(PER_HOST);
      // From the first to the last: arriving takes longer at times. Three workers that did not know of each other would need a third.
      expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan((PER_HOST - 1) * delayMillis * 0.7);
    }
    expect(maxAtOnce).toBe(1);
  });

  it('takes over from a worker that was killed, once its jobs and hosts have run out', async () => {
    await enqueue();
    // The first worker got as far as taking all there was to do, and a host.
    await work({
      database,
      jobs,
      workerId: 'killed',
      until: 'idle',
      store: undefined,
      loopbackOnly: true,
      apiKeys: {},
      clock: SYSTEM_CLOCK,
      signal: AbortSignal.abort(),
      onFailure: () => undefined,
    });
    const taken = await jobs.claim('advance', 5);
    expect(taken).toHaveLength(1);
    await takeHosts(database.db, { holder: 'killed pets', hosts: ['a.test'], leaseMillis: 500 });
    await database.executeSql("update pgboss.job set started_on = now() - interval '1 hour' where state = 'active'");
    await jobs.expire();
    await worker('heir');
    expect(imageRequests()).toHaveLength(24);
    expect((await readCrawl(database.db, 'pets'))?.finishedAt).not.toBeNull();
  });

  it('goes on by itself where its own job ran out while it was at it', async () => {
    const request = 'a.test/cat/0.png';
    held = request;
    await enqueue();
    const running = worker('stalled');
    while (!server.requests.includes(request)) await new Promise((resolve) => setImmediate(resolve));
    held = undefined;
    // As for a process that stood still for long: what follows sees its job before its heartbeat does.
    await database.executeSql("update pgboss.job set started_on = now() - interval '1 hour' where state = 'active'");
    await jobs.expire();
    await running;
    expect(server.requests.filter((line) => line === request)).toHaveLength(2);
    expect(await projectStatus(database, 'pets', new Date())).toMatchObject({ images: 24, pending: 0 });
  });

  it('decides the next step where two jobs end at once', async () => {
    await enqueue();
    const send = jobs.send.bind(jobs);
    const isAnyWaiting = async (): Promise<boolean> =>
      (await database.executeSql('select 1 from pg_locks where not granted limit 1')).rows.length > 0;
    /** Until the decision was made, or waits for a lock. */
    const nextDecision = async (): Promise<void> => {
      while ((await jobs.counts('pets')).advance.queued > 0) await new Promise((resolve) => setImmediate(resolve));
      while ((await jobs.counts('pets')).advance.running > 0 && !(await isAnyWaiting())) continue;
    };
    let ends = 0;
    const sending = jest.spyOn(jobs, 'send').mockImplementation(async (sent, tx) => {
      await send(sent, tx);
      if (tx === undefined || sent[0]?.kind !== 'advance' || database.kind === 'pglite') return;
      ends += 1;
      // The second finds that the first has the next step decided, and is not committed when that is done.
      if (ends === 1) while (!(await isAnyWaiting())) continue;
      if (ends === 2) await nextDecision();
    });
    try {
      await worker('one');
    } finally {
      sending.mockRestore();
    }
    expect((await readCrawl(database.db, 'pets'))?.finishedAt).not.toBeNull();
    expect(imageRequests()).toHaveLength(24);
  });

  it('fetches no more than its limit where another one had begun', async () => {
    await enqueue();
    await worker('first');
    server.requests.length = 0;
    const dueAtMillis = Date.now();
    await database.executeSql("update fetches set outcome = null, sha256 = null where host = 'a.test'");
    await database.executeSql(
      "update fetches set outcome = 'gone', updated_at = now() + interval '1 second' where canonical_url = 'http://a.test/cat/0.png'",
    );
    const data = { project: 'pets', hosts: ['a.test'], limit: 3, dueAtMillis };
    await jobs.send([{ kind: 'fetch', data, key: 'limited' }]);
    await worker('heir');
    expect(imageRequests()).toHaveLength(2);
  });

  it('ends no crawl without its next step where the last job is given up', async () => {
    await enqueue();
    await database.executeSql("update pgboss.queue set retry_limit = 0 where name = 'winnow-fetch'");
    await database.executeSql(`
      create function refuse() returns trigger language plpgsql as $$ begin raise 'refused'; end $$;
      create trigger refuse before update of outcome on fetches for each row when (new.host = 'a.test') execute function refuse()`);
    try {
      await worker('one');
    } finally {
      await database.executeSql('drop trigger refuse on fetches; drop function refuse');
      await database.executeSql("update pgboss.queue set retry_limit = 25 where name = 'winnow-fetch'");
    }
    expect((await jobs.counts('pets')).fetch.dead).toBeGreaterThan(0);
    expect((await readCrawl(database.db, 'pets'))?.finishedAt).not.toBeNull();
  });

  it('asks for nothing that was to be forgotten and is listed all the same, and ends', async () => {
    await enqueue();
    await database.executeSql("insert into forgotten (project, kind, value) values ('pets', 'host', 'a.test')");
    // As a page leaves it that was read before, and stored after the takedown.
    await database.executeSql(
      `insert into fetches (project, canonical_url, host) values ('pets', 'http://a.test/cat/0.png', 'a.test')`,
    );
    await worker('one');
    expect(imageRequests().filter((line) => line.startsWith('a.test'))).toEqual([]);
    const { rows } = await database.executeSql("select outcome, detail from fetches where host = 'a.test'");
    expect(rows).toEqual([{ outcome: 'opted_out', detail: 'to be forgotten' }]);
  });

  it('fetches what another one found due whose clock is ahead of its own', async () => {
    await enqueue();
    await worker('first');
    server.requests.length = 0;
    const url = 'http://a.test/cat/0.png';
    await database.executeSql(
      `update fetches set outcome = 'server_error', sha256 = null, next_try_at = now() where canonical_url = '${url}'`,
    );
    await enqueue();
    const [advance] = await jobs.claim('advance', 1);
    if (advance === undefined) return fail('nothing to decide');
    await advanceCrawl({ db: database.db, jobs, project: 'pets', now: new Date(Date.now() + 1000) }, advance);
    await worker('behind', { clock: { ...SYSTEM_CLOCK, now: () => Date.now() - 60_000 } });
    expect(imageRequests()).toEqual(['a.test/cat/0.png']);
    // What is made due at once is so for every clock.
    await database.executeSql(`update fetches set outcome = 'gone', sha256 = null where canonical_url = '${url}'`);
    await retryFailedFetches(database.db, 'pets', new Date());
    expect(await dueHosts(database.db, 'pets', { now: new Date(Date.now() - 60_000) })).toHaveLength(1);
  });

  it('stops where the originals were moved to another place than its own', async () => {
    await enqueue();
    await database.db.execute(`insert into object_store (id, url, is_marked) values ('other', 's3://other', true)`);
    const stopped = worker('a');
    await expect(stopped).rejects.toMatchObject({
      ...{ code: 'STORE_MISMATCH', where: 's3://other', next: expect.stringContaining('WINNOW_STORE=s3://other') },
    });
    await database.db.execute('delete from object_store');
    await worker('b');
    expect((await jobs.counts('pets')).fetch).toMatchObject({ queued: 0, running: 0, dead: 0 });
  });

  it('takes up what a crawl that is begun anew brings', async () => {
    const controller = new AbortController();
    const retry = { attempts: 1, maxWaitMillis: 30_000, baseMillis: 1 };
    const running = worker('steady', { signal: controller.signal, until: 'stopped', retry });
    const finished = () => until(async () => (await readCrawl(database.db, 'pets'))?.finishedAt !== null);
    await enqueue();
    await finished();
    await enqueue({ resolve: {} }, ['cat', 'dog', 'owl']);
    await finished();
    controller.abort();
    await running;
    // By the old settings, loopback hosts would be found; by the new ones nothing may be dialled.
    const { rows } = await database.executeSql("select state, pages from queries where class_name = 'owl'");
    expect(rows).toEqual([{ state: 'blocked', pages: 0 }]);
  });

  it('leaves the jobs of other projects alone while it works for one', async () => {
    await enqueue();
    await jobs.send([{ kind: 'list', data: { project: 'other', className: 'x' }, key: 'other' }]);
    await worker('alone', { until: { project: 'pets' } });
    expect((await jobs.counts('other')).list).toEqual({ queued: 1, running: 0, dead: 0 });
    expect((await readCrawl(database.db, 'pets'))?.finishedAt).not.toBeNull();
  });

  it('leaves listing to others where it has no key for an engine', async () => {
    await enqueue({ engines: ['flickr'] });
    const failures: string[] = [];
    const controller = new AbortController();
    let hasEnded = false;
    // Giving a job back takes longer than a worker that is stopped would take to end.
    const release = jobs.release.bind(jobs);
    const slowly = jest.spyOn(jobs, 'release').mockImplementation(async (...given) => {
      for (let turn = 0; given[0].length > 0 && turn < 3000 && !hasEnded; turn += 1)
        await new Promise((resolve) => setImmediate(resolve));
      return release(...given);
    });
    await worker('keyless', {
      until: 'stopped',
      signal: controller.signal,
      onFailure: (_job, error) => {
        failures.push(String(error));
        if (failures.length === 2) controller.abort();
      },
    });
    hasEnded = true;
    slowly.mockRestore();
    expect(failures[0]).toContain('No key for flickr');
    expect((await jobs.counts('pets')).list).toEqual({ queued: 2, running: 0, dead: 0 });
    expect(server.requests).toEqual([]);
  });

  it('ends until others come, where all that is left is what it has no key for', async () => {
    await enqueue({ engines: ['flickr'] });
    expect(await worker('keyless')).toEqual({ jobsDone: 1, urlsTried: 0, jobsLeft: 2 });
    expect((await jobs.counts('pets')).list).toEqual({ queued: 2, running: 0, dead: 0 });
    expect((await readCrawl(database.db, 'pets'))?.finishedAt).toBeNull();
  });

  it('gives back what it had begun when it is stopped', async () => {
    await enqueue({ delayMillis: 50, perHost: 1 });
    const controller = new AbortController();
    const stopped = worker('stopped', { signal: controller.signal, until: 'stopped' });
    while (imageRequests().length < 3) await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    await stopped;
    const counts = await jobs.counts('pets');
    expect(counts.fetch.running + counts.list.running + counts.advance.running).toBe(0);
    expect(counts.fetch.queued).toBeGreaterThan(0);
    await worker('heir');
    expect(await projectStatus(database, 'pets', new Date())).toMatchObject({ images: 24, pending: 0 });
  });

  it('takes up last and alone what processes died at, and gives it up after three deaths', async () => {
    await enqueue();
    await worker('first');
    // As processes leave it that were killed with these under way.
    await database.executeSql(
      `update fetches set outcome = null, sha256 = null,
         unfinished_tries = case host when 'b.test' then 1 when 'c.test' then 2 else 0 end`,
    );
    await database.executeSql(
      "update fetches set unfinished_tries = 3 where canonical_url = 'http://c.test/cat/0.png'",
    );
    server.requests.length = 0;
    await enqueue();
    await worker('second', { onFailure: (_job, error) => expect(error).toBeUndefined() });
    const asked = server.requests.filter((line) => line.endsWith('.png'));
    expect(asked).toHaveLength(23);
    expect(asked.slice(0, 12).every((line) => /^[ad]/.test(line))).toBe(true);
    expect(asked.slice(12)).toEqual([...asked.slice(12)].sort());
    const { rows } = await database.executeSql(
      'select canonical_url, outcome from fetches where sha256 is null or unfinished_tries > 0',
    );
    expect(rows).toEqual([{ canonical_url: 'http://c.test/cat/0.png', outcome: 'crashed' }]);
  });

  it('gathers the same images where processes died as without, alone and with others', async () => {
    pageCount = 3;
    const facts = async (): Promise<unknown> => {
      const { rows } = await database.executeSql(
        'select canonical_url, outcome, sha256, unfinished_tries from fetches order by 1',
      );
      const listed = await database.executeSql('select class_name, pages, state from queries order by 1');
      return { fetches: rows, listed: listed.rows };
    };
    await enqueue({ perClass: 4 });
    await worker('undisturbed');
    const undisturbed = await facts();
    // Beside the facts, which say why where it is another number.
    expect({ requests: imageRequests().length, undisturbed }).toEqual({ requests: 8, undisturbed });
    for (const names of [['alone'], ['one', 'two', 'three']]) {
      // As killed processes leave it: nothing stored of three URLs of a class, which were under way.
      const died = "canonical_url in ('http://b.test/cat/0.png', 'http://c.test/cat/0.png', 'http://d.test/cat/0.png')";
      await database.executeSql(`delete from sightings where sha256 in (select sha256 from fetches where ${died})`);
      await database.executeSql(`update fetches set outcome = null, sha256 = null, unfinished_tries = 1 where ${died}`);
      await enqueue({ perClass: 4 });
      await Promise.all(names.map((name) => worker(name)));
      expect(await facts()).toEqual(undisturbed);
    }
  });

  it('fetches suspects one at a time', async () => {
    await enqueue();
    await worker('first');
    await database.executeSql('update fetches set outcome = null, sha256 = null, unfinished_tries = 1');
    await enqueue();
    maxInAll = 0;
    await worker('second');
    expect(maxInAll).toBe(1);
    expect(imageRequests()).toHaveLength(48);
  });

  it('marks a URL while it is under way, and takes that back when it is stopped', async () => {
    const tries = async () =>
      (await database.executeSql('select canonical_url from fetches where unfinished_tries > 0')).rows;
    held = 'b.test/dog/1.png';
    await enqueue();
    const controller = new AbortController();
    const running = worker('stopped', { signal: controller.signal, until: 'stopped' });
    await until(async () => (await projectStatus(database, 'pets', new Date())).images >= 23);
    expect(await tries()).toEqual([{ canonical_url: 'http://b.test/dog/1.png' }]);
    controller.abort();
    await running;
    expect(await tries()).toEqual([]);
  });

  it('tries a job that failed again, and gives one up that always fails', async () => {
    await enqueue();
    await database.executeSql(
      "update pgboss.queue set retry_limit = 1, retry_delay = 0 where name in ('winnow-list', 'winnow-fetch')",
    );
    const failures: string[] = [];
    try {
      // A file where the folder of answers should be is met by every list job.
      await worker('poor', {
        store: undefined,
        stateDir: path.join(stateDir, 'nowhere\0'),
        onFailure: ({ kind, data }) => failures.push(`${kind} ${data.className ?? ''}`),
      });
    } finally {
      await database.executeSql(
        "update pgboss.queue set retry_limit = 25, retry_delay = 1 where name in ('winnow-list', 'winnow-fetch')",
      );
    }
    expect(failures.sort()).toEqual(['list cat', 'list cat', 'list dog', 'list dog']);
    expect((await jobs.counts('pets')).list.dead).toBe(2);
  });
});
