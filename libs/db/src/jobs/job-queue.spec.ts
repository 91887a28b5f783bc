import { createTestDatabase } from '../testing/test-database';
import { databasesUnderTest } from '../testing/database-under-test';
import type { TestDatabase } from '../testing/test-database';
import { JobQueue } from './job-queue';

const list = (className: string) => ({ kind: 'list', data: { project: 'p', className }, key: className }) as const;

describe.each(databasesUnderTest(process.env).filter(({ available }) => available))('JobQueue ($name)', ({ url }) => {
  let database: TestDatabase;
  let queue: JobQueue;
  beforeAll(async () => {
    database = await createTestDatabase(url);
    queue = await JobQueue.open(database);
  });
  afterAll(async () => {
    await queue.close();
    await database.close();
  });
  beforeEach(() => database.reset());

  it('gives each job to one claimer, in the order in which they were sent', async () => {
    await queue.send([list('a'), list('b'), list('c')]);
    const [first, second] = await Promise.all([queue.claim('list', 2), queue.claim('list', 2)]);
    expect([...first, ...second].map(({ data }) => data.className).sort()).toEqual(['a', 'b', 'c']);
    expect(await queue.claim('list', 2)).toEqual([]);
    expect((await queue.counts('p')).list).toEqual({ queued: 0, running: 3, dead: 0 });
  });

  it('keeps one waiting job of a key', async () => {
    await queue.send([list('a'), list('a')]);
    await queue.send([list('a')]);
    expect((await queue.counts('p')).list.queued).toBe(1);
    const [job] = await queue.claim('list', 1);
    // One under way does not keep the next from waiting.
    await queue.send([list('a')]);
    expect((await queue.counts('p')).list).toEqual({ queued: 1, running: 1, dead: 0 });
    await queue.complete(job!);
    expect((await queue.counts('p')).list).toEqual({ queued: 1, running: 0, dead: 0 });
  });

  it('can be opened by many processes at once on a new database', async () => {
    const fresh = await createTestDatabase(url);
    // The embedded one has a single user.
    const processes = url === undefined ? 1 : 4;
    const queues = await Promise.all(Array.from({ length: processes }, () => JobQueue.open(fresh)));
    await queues[0]?.send([list('a')]);
    expect(await queues.at(-1)?.claim('list', 1)).toHaveLength(1);
    for (const opened of queues) await opened.close();
    await fresh.close();
  });

  it('ends a job and sends what follows together, or neither', async () => {
    await queue.send([list('a')]);
    const [job] = await queue.claim('list', 1);
    const follow = async (fails: boolean) =>
      database.db.transaction(async (tx) => {
        await queue.complete(job!, tx);
        await queue.send([{ kind: 'advance', data: { project: 'p' }, key: 'p' }], tx);
        if (fails) throw new Error('killed');
      });
    await expect(follow(true)).rejects.toThrow('killed');
    expect(await queue.counts('p')).toMatchObject({ list: { running: 1 }, advance: { queued: 0 } });
    await follow(false);
    expect(await queue.counts('p')).toMatchObject({ list: { running: 0 }, advance: { queued: 1 } });
    expect(await queue.counts('other')).toMatchObject({ advance: { queued: 0 } });
  });

  it('takes jobs back, tries failed ones again, and tells who still has theirs', async () => {
    await queue.send([list('a'), list('b')]);
    const [a, b] = await queue.claim('list', 2);
    await queue.release([a!]);
    expect(await queue.keepAlive([a!, b!])).toEqual(new Set([b!.id]));
    expect((await queue.claim('list', 2)).map(({ id }) => id)).toEqual([a!.id]);
    await queue.fail(b!, 'broken');
    expect((await queue.counts('p')).list).toEqual({ queued: 1, running: 1, dead: 0 });
    await queue.releaseAll();
    expect((await queue.counts('p')).list).toEqual({ queued: 2, running: 0, dead: 0 });
    await queue.discard('p', ['list']);
    expect((await queue.counts()).list).toEqual({ queued: 0, running: 0, dead: 0 });
  });

  it('knows the holder of a job from the one before', async () => {
    await queue.send([list('a')]);
    const [stalled] = await queue.claim('list', 1);
    await database.executeSql("update pgboss.job set started_on = now() - interval '1 hour' where state = 'active'");
    await queue.expire();
    await database.executeSql("update pgboss.job set start_after = now() where state = 'retry'");
    const [heir] = await queue.claim('list', 1);
    expect(heir?.id).toBe(stalled!.id);
    expect(await queue.complete(stalled!)).toBe(false);
    await queue.release([stalled!]);
    await queue.fail(stalled!, 'late');
    expect(await queue.keepAlive([stalled!, heir!])).toEqual(new Set([heir!.id]));
    expect((await queue.counts('p')).list).toEqual({ queued: 0, running: 1, dead: 0 });
    expect(await queue.complete(heir!)).toBe(true);
  });

  it('takes jobs of one project where asked, and keeps others from a job for a while', async () => {
    await queue.send([list('a'), { kind: 'list', data: { project: 'other', className: 'b' }, key: 'b' }]);
    const [job] = await queue.claim('list', 5, 'other');
    expect(job?.data.className).toBe('b');
    expect(await queue.claim('list', 5, 'other')).toEqual([]);
    await queue.release([job!], 60);
    expect(await queue.claim('list', 5, 'other')).toEqual([]);
    expect((await queue.counts('other')).list.queued).toBe(1);
  });

  it('tells which hosts were given up', async () => {
    await queue.send([{ kind: 'fetch', data: { project: 'p', hosts: ['a.test', 'b.test'] }, key: 'x' }]);
    await database.executeSql("update pgboss.job set retry_limit = 0 where name = 'winnow-fetch'");
    const [job] = await queue.claim('fetch', 1);
    await queue.fail(job!, 'poison');
    expect(await queue.givenUp('p')).toEqual({ hosts: new Set(['a.test', 'b.test']), classes: new Set() });
    expect((await queue.counts('p')).fetch.dead).toBe(1);
  });
});
