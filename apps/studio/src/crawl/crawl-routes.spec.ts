import type { StudioCrawl, StudioFetches } from '@winnow/contracts';
import { openNewStudio } from '../spec-support/studio-project';

describe('GET /api/crawl/fetches', () => {
  it('lists the addresses of an outcome, those tried last first, and sends nobody to what is no web address', async () => {
    const studio = await openNewStudio({ until: 'crawl' });
    const { project } = studio;
    try {
      await studio.context.database.use(async (_db, { executeSql }) => {
        const settle = (index: number, rest: string) =>
          executeSql(`update fetches set ${rest} where sha256 = $1`, [project.digests[index]]);
        await settle(0, `outcome = 'forbidden', status = 403, attempts = 2, updated_at = '2026-01-01'`);
        await settle(1, `outcome = 'forbidden', canonical_url = 'http://me:secret@x.test/', updated_at = '2026-01-02'`);
        await settle(2, `outcome = null, attempts = 0, next_try_at = '2026-01-03'`);
      });
      const ask = async (query: string) => studio.ask(`/api/crawl/fetches?${query}`);
      const { total, fetches } = (await ask('outcome=forbidden')).body as StudioFetches;
      expect(total).toBe(2);
      expect(fetches).toMatchObject([
        { url: 'http://me:secret@x.test/', link: null, at: '2026-01-02T00:00:00.000Z' },
        { link: expect.stringMatching(/^https?:/) as string, host: 'images.test', status: 403, attempts: 2 },
      ]);
      const part = (await ask('outcome=forbidden&from=1&count=1')).body as StudioFetches;
      expect(part).toEqual({ total: 2, fetches: fetches.slice(1) });
      const { fetches: waiting } = (await ask('outcome=waiting')).body as StudioFetches;
      expect(waiting).toMatchObject([{ attempts: 0, nextTryAt: '2026-01-03T00:00:00.000Z' }]);
      expect((await ask('outcome=unheard')).status).toBe(400);
      expect((await ask('outcome=stored&count=201')).status).toBe(400);
    } finally {
      await studio.close();
    }
  });
});

describe('GET /api/crawl', () => {
  it('says that the database is away as soon as anything else found so, and no longer once it answers', async () => {
    const studio = await openNewStudio({ until: 'crawl' });
    const isAway = async () => ((await studio.ask('/api/crawl')).body as StudioCrawl).isDatabaseAway;
    try {
      expect(await isAway()).toBeUndefined();
      let answer: () => void = () => undefined;
      const late = new Promise<void>((resolve) => (answer = resolve));
      jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
      const other = studio.context.database.useIfThere(() => late);
      await jest.advanceTimersByTimeAsync(5000);
      jest.useRealTimers();
      expect([await other, await isAway()]).toEqual([null, true]);
      answer();
      await studio.context.database.use(() => Promise.resolve());
      expect(await isAway()).toBeUndefined();
    } finally {
      jest.useRealTimers();
      await studio.close();
    }
  });
});
