import { databasesUnderTest } from '../../testing/database-under-test';
import { createTestDatabase } from '../../testing/test-database';
import type { TestDatabase } from '../../testing/test-database';
import { blockListing, commitListedPage, ensureCrawlPlan, readListings } from './crawl-listing';
import { ensureFetches } from './due-fetches';

const KEY = { className: 'cat', engine: 'openverse', query: 'cat', variant: '' };
const PLAN = { project: 'p', classes: ['cat'], queries: [KEY, { ...KEY, query: 'tabby' }] };

describe.each(databasesUnderTest(process.env).filter(({ available }) => available))('listings ($name)', ({ url }) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase(url);
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.reset();
    await ensureCrawlPlan(database.db, PLAN);
  });

  const rows = async (text: string) => (await database.executeSql(text)).rows;
  /** A page whose hits are images of these names, each listed by a page of the query's name. */
  const listed = (query: string, page: number, names: readonly string[]) =>
    commitListedPage(database.db, {
      key: { project: 'p', ...KEY, query },
      ...{ page, at: new Date(), cursor: { page: page + 1 }, state: 'pending', responseClass: 'ok' },
      hits: names.map((name, index) => {
        const imageUrl = `http://a.test/${name}`;
        const hit = { ...KEY, query, page, rank: index + 1, imageUrl, canonicalUrl: imageUrl, engineVersion: '1' };
        return { ...hit, id: `${query} ${page} ${name}`, pageUrl: `http://a.test/of ${query}` };
      }),
    });

  it('are followed page by page, and lead to what is stored already', async () => {
    const { db } = database;
    await listed('cat', 1, ['1', '2']);
    await ensureFetches(db, PLAN);
    await database.executeSql(
      "insert into images (sha256, size_bytes, mime, width, height) values ('file', 1, 'x', 1, 1)",
    );
    await database.executeSql("update fetches set outcome = 'stored', sha256 = 'file' where canonical_url like '%/2'");
    await listed('tabby', 1, ['2', '3']);
    await listed('cat', 2, ['3', '4']);
    await ensureFetches(db, PLAN);
    // The first in the plan's order says which page it was on.
    const pages = await rows('select canonical_url as url, page_url as page from fetches order by 1');
    const on = (name: string, query: string) => ({ url: `http://a.test/${name}`, page: `http://a.test/of ${query}` });
    expect(pages).toEqual([on('1', 'cat'), on('2', 'cat'), on('3', 'cat'), on('4', 'cat')]);
    // The hit of before was linked by whoever stored the image.
    expect(await rows('select hit_id from sightings')).toEqual([{ hit_id: 'tabby 1 2' }]);
    const followed = await rows('select query, pages, followed_pages as followed from queries order by 1');
    expect(followed).toEqual([
      { query: 'cat', pages: 2, followed: 2 },
      { query: 'tabby', pages: 1, followed: 1 },
    ]);
    // What was followed is not looked at again.
    await database.executeSql("delete from fetches where canonical_url like '%/1'");
    await ensureFetches(db, PLAN);
    expect(await rows('select 1 from fetches')).toHaveLength(3);
  });

  it('are followed once they are part of the plan', async () => {
    await listed('tabby', 1, ['1']);
    await ensureFetches(database.db, { ...PLAN, queries: [KEY] });
    expect(await rows('select 1 from fetches')).toEqual([]);
    await ensureFetches(database.db, PLAN);
    expect(await rows('select 1 from fetches')).toHaveLength(1);
  });

  it('are not set back by one who asked for a page that another has read since', async () => {
    const key = { project: 'p', ...KEY };
    await listed('cat', 1, ['1']);
    const block = { responseClass: null, nextTryAt: new Date(), cursor: 'old' };
    await blockListing(database.db, key, { ...block, pages: 0 });
    const listing = async () => (await readListings(database.db, 'p', 'cat')).find(({ query }) => query === 'cat');
    expect(await listing()).toMatchObject({ state: 'pending', pages: 1, cursor: { page: 2 } });
    await blockListing(database.db, key, { ...block, pages: 1 });
    expect(await listing()).toMatchObject({ state: 'blocked', pages: 1, cursor: 'old' });
  });
});
