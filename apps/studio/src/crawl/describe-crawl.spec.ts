import {
  beginCrawl,
  classProgress,
  crawlMonitor,
  finishCrawl,
  listFetches,
  noteEngineResponse,
  readCrawl,
  settledUrls,
  suspendEngine,
} from '@winnow/db';
import { createTestDatabase, databasesUnderTest, recordTestCrawl } from '@winnow/db/testing';
import type { TestDatabase } from '@winnow/db/testing';
import { describeCrawl } from './describe-crawl';

const NOW = new Date('2026-01-01T12:00:30Z');
const minutesAgo = (minutes: number): Date => new Date(NOW.getTime() - minutes * 60_000);
const image = (letter: string, className: string) => ({
  ...{ sha256: letter.repeat(64), sizeBytes: 3, mime: 'image/png', width: 4, height: 5 },
  className,
});

describe.each(databasesUnderTest(process.env).filter(({ available }) => available))('the crawl ($name)', ({ url }) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase(url);
  });
  afterAll(() => database.close());
  beforeEach(() => database.reset());

  const describe_ = async (workerCount = 0) => {
    const { db } = database;
    const facts = {
      monitor: await crawlMonitor(db, 'p', NOW),
      classes: await classProgress(db, 'p'),
      settled: await settledUrls(db, 'p', ['cat', 'dog']),
      crawl: await readCrawl(db, 'p'),
    };
    return describeCrawl({ ...facts, workerCount }, NOW);
  };
  const rows = async (query: string) => (await database.executeSql(query)).rows;

  it('is not begun where there is none', async () => {
    expect(await describe_()).toMatchObject({
      state: 'not begun',
      isRunning: false,
      classes: [],
      minutes: [],
      latest: [],
    });
  });

  it('is counted as SQL counts it', async () => {
    const { db } = database;
    await recordTestCrawl(
      db,
      'p',
      ['a', 'b', 'c', 'd', 'e'].map((letter) => image(letter, letter < 'c' ? 'cat' : 'dog')),
    );
    await recordTestCrawl(db, 'other', [image('f', 'cat')]);
    await beginCrawl(db, 'p', {
      classes: [
        { name: 'cat', perClass: 20 },
        { name: 'dog', perClass: 30 },
      ],
    });
    const settle = (letter: string, outcome: string | null, at: Date) =>
      database.executeSql('update fetches set outcome = $1, updated_at = $2 where canonical_url like $3', [
        ...[outcome, at.toISOString(), `%${letter.repeat(64)}`],
      ]);
    await settle('a', 'stored', minutesAgo(0.4));
    await settle('b', 'timeout', minutesAgo(0.3));
    await settle('c', 'timeout', minutesAgo(12));
    await settle('d', 'forbidden', minutesAgo(61));
    await settle('e', null, minutesAgo(1));
    await database.executeSql(`update images set stored_at = '2026-01-01' where sha256 = $1`, ['c'.repeat(64)]);
    await suspendEngine(db, 'openverse', { until: minutesAgo(-5), reason: 'captcha' });
    await noteEngineResponse(db, 'openverse', { responseClass: 'captcha', at: minutesAgo(2) });

    const crawl = await describe_(1);
    expect(crawl.outcomes.map(({ outcome, count }) => ({ outcome, count }))).toEqual(
      await rows(
        `select outcome, count(*)::integer as count from fetches where project = 'p' and outcome is not null
          group by 1 order by 2 desc, 1`,
      ),
    );
    expect(crawl.outcomes[0]).toMatchObject({ outcome: 'timeout', label: 'Timed out', isRetryable: true });
    expect(crawl.pending).toBe(1);
    expect(crawl.minutes).toEqual([
      { at: '2026-01-01T11:48:00Z', counts: { timeout: 1 } },
      { at: '2026-01-01T12:00:00Z', counts: { stored: 1, timeout: 1 } },
    ]);
    expect(crawl).toMatchObject({ state: 'going on', perMinute: 1, secondsLeft: 60 });
    expect(crawl.classes).toEqual([
      { name: 'cat', stored: 2, target: 20, listed: 2, pending: 0 },
      { name: 'dog', stored: 3, target: 30, listed: 3, pending: 1 },
    ]);
    expect(crawl.engines).toEqual([
      {
        ...{ name: 'openverse', state: 'suspended', responseClass: 'captcha', listed: 5 },
        ...{ lastAnswer: minutesAgo(2).toISOString(), until: minutesAgo(-5).toISOString() },
        reason: expect.stringContaining('solves no CAPTCHA') as string,
      },
    ]);
    expect(crawl.hosts).toEqual([{ host: 'images.test', waiting: 1, until: null }]);
    const latest = await rows(
      `select sha256 from images i where sha256 in (select sha256 from sightings where project = 'p')
        order by stored_at desc, sha256`,
    );
    expect(crawl.latest).toEqual(latest.map(({ sha256 }) => sha256));
    expect(crawl.latest).toHaveLength(5);

    for (const { outcome, count } of [...crawl.outcomes, { outcome: null, count: crawl.pending }]) {
      const { total, fetches } = await listFetches(db, 'p', { outcome, from: 0, count: 1 });
      expect([total, fetches.length]).toEqual([count, 1]);
    }
    const timedOut = await listFetches(db, 'p', { outcome: 'timeout', from: 1, count: 9 });
    expect(timedOut.fetches).toMatchObject([{ host: 'images.test', at: minutesAgo(12), nextTryAt: null }]);

    expect(await describe_(0)).toMatchObject({ state: 'stopped', isRunning: false, secondsLeft: null });
    await finishCrawl(db, 'p', NOW);
    expect(await describe_(1)).toMatchObject({ state: 'ended', isRunning: false });
  });
});
