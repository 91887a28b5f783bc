import { IMPORT_ENGINE } from '@winnow/contracts';
import { databasesUnderTest } from '../testing/database-under-test';
import { createTestDatabase } from '../testing/test-database';
import type { TestDatabase } from '../testing/test-database';
import { ensureCrawlPlan } from './crawl/crawl-listing';
import { dueFetches } from './crawl/due-fetches';
import { recordFetches } from './crawl/fetch-records';
import { forgetImages } from './forget';
import { importedClasses, knownImports, recordImports } from './import-records';
import type { ImportedHit, ImportSourceKey } from './import-records';
import type { FetchedImage } from './insert-rows';

const source: ImportSourceKey = { project: 'p', engine: IMPORT_ENGINE, query: 'set' };
const at = new Date('2026-01-01T00:00:00Z');
const digest = (letter: string): string => letter.repeat(64);
const image = (letter: string): FetchedImage => ({
  sha256: digest(letter),
  sizeBytes: 3,
  mime: 'image/png',
  width: 4,
  height: 5,
  pixelSha256: digest('0'),
  pdq: digest('1'),
  pdqQuality: 60,
});
const hit = (name: string, rank: number, changes: Partial<ImportedHit> = {}): ImportedHit => ({
  className: 'cat',
  rank,
  imageUrl: `import:set/${name}`,
  canonicalUrl: `import:set/${name}`,
  sha256: digest('a'),
  ...changes,
});
const urlHit = (path: string, rank: number): ImportedHit =>
  hit(path, rank, { imageUrl: `http://x.test/${path}#1`, canonicalUrl: `http://x.test/${path}`, sha256: null });

let database: TestDatabase;
const rows = async (query: string): Promise<readonly Record<string, unknown>[]> =>
  ((await database.db.execute(query)) as unknown as { rows: Record<string, unknown>[] }).rows;
const HITS = 'select class_name, image_url, page, rank from hits order by image_url, class_name';

describe.each(databasesUnderTest(process.env).filter(({ available }) => available))('imports ($name)', ({ url }) => {
  beforeAll(async () => {
    database = await createTestDatabase(url);
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.reset();
    await ensureCrawlPlan(database.db, { project: 'p', classes: ['cat', 'dog'], queries: [] });
  });

  it('records hits, files with their facts, and sightings; the same again changes nothing', async () => {
    const batch = {
      hits: [hit('a', 1, { title: 'A' }), hit('b', 2, { className: 'dog' }), hit('c', 3, { sha256: digest('c') })],
      images: [image('a'), image('c')],
      at,
    };
    for (const time of [1, 2]) {
      expect([time, await recordImports(database.db, source, batch)]).toEqual([time, []]);
      expect(await rows(HITS)).toEqual([
        { class_name: 'cat', image_url: 'import:set/a', page: 1, rank: 1 },
        { class_name: 'dog', image_url: 'import:set/b', page: 1, rank: 2 },
        { class_name: 'cat', image_url: 'import:set/c', page: 1, rank: 3 },
      ]);
      expect(await rows('select sha256, pdq_quality, mime from images order by 1')).toEqual(
        ['a', 'c'].map((letter) => ({ sha256: digest(letter), pdq_quality: 60, mime: 'image/png' })),
      );
      expect(await rows('select sha256 from sightings order by 1')).toHaveLength(3);
    }
    expect([...(await importedClasses(database.db, 'p'))].sort()).toEqual(['cat', 'dog']);
  });

  it('tells what is known of an image, and of files whatever they came from', async () => {
    await recordImports(database.db, source, { hits: [hit('a', 1), urlHit('u', 2)], images: [image('a')], at });
    const ask = (key: ImportSourceKey) =>
      knownImports(database.db, key, { keys: [hit('a', 1), hit('b', 1), urlHit('u', 2)], digests: [digest('a')] });
    const known = await ask(source);
    expect(known.digestsOf(hit('a', 9))).toEqual(new Set([digest('a')]));
    expect(known.digestsOf(hit('a', 9, { className: 'dog' }))).toBeUndefined();
    expect(known.digestsOf(hit('b', 1))).toBeUndefined();
    expect(known.digestsOf(urlHit('u', 2))).toEqual(new Set());
    const other = await ask({ ...source, query: 'other' });
    expect([other.digestsOf(hit('a', 1)), [...other.images]]).toEqual([undefined, [digest('a')]]);
  });

  it('adds the file of an image that changed, and gives a new image at an old place the next page', async () => {
    await recordImports(database.db, source, { hits: [hit('b', 1)], images: [image('a')], at });
    const hits = [hit('a', 1), hit('b', 2, { sha256: digest('b') })];
    await recordImports(database.db, source, { hits, images: [image('b')], at });
    expect(await rows(HITS)).toEqual([
      { class_name: 'cat', image_url: 'import:set/a', page: 2, rank: 1 },
      { class_name: 'cat', image_url: 'import:set/b', page: 1, rank: 1 },
    ]);
    const seen = await rows(
      'select h.image_url, s.sha256 from sightings s join hits h on h.id = s.hit_id order by 1, 2',
    );
    expect(seen).toEqual([
      { image_url: 'import:set/a', sha256: digest('a') },
      { image_url: 'import:set/b', sha256: digest('a') },
      { image_url: 'import:set/b', sha256: digest('b') },
    ]);
  });

  it('leaves out what was to be forgotten since its images were read', async () => {
    await forgetImages(database.db, 'p', { urls: ['import:set/a'], hosts: ['x.test'], digests: [digest('b')] });
    const hits = [
      hit('a', 1),
      hit('b', 2, { sha256: digest('b') }),
      hit('c', 3, { sha256: digest('c') }),
      urlHit('1', 4),
    ];
    const images = ['a', 'b', 'c'].map((letter) => image(letter));
    const dropped = await recordImports(database.db, source, { hits, images, at });
    expect([...dropped].sort()).toEqual([digest('a'), digest('b')].sort());
    expect(await rows(HITS)).toEqual([{ class_name: 'cat', image_url: 'import:set/c', page: 1, rank: 3 }]);
    expect(await rows('select sha256 from images')).toEqual([{ sha256: digest('c') }]);
    expect(await rows('select host from fetches')).toEqual([]);
  });

  it('makes URLs due once, and links those that were fetched before', async () => {
    const hits = [urlHit('1', 1), urlHit('2', 2), urlHit('1', 3)];
    await recordImports(database.db, source, { hits, images: [], at });
    const due = async () => (await dueFetches(database.db, 'p', at)).map(({ canonicalUrl }) => canonicalUrl);
    expect(await due()).toEqual(['http://x.test/1', 'http://x.test/2']);
    expect(await rows('select distinct host from fetches')).toEqual([{ host: 'x.test' }]);
    const fetched = { outcome: 'stored', detail: null, attempts: 1, at, nextTryAt: null, finalUrl: null } as const;
    const answer = { status: 200, etag: null, lastModified: null, image: image('a') };
    await recordFetches(database.db, 'p', [{ canonicalUrl: 'http://x.test/1', ...fetched, ...answer }]);
    await recordImports(database.db, { ...source, query: 'again' }, { hits: [urlHit('1', 1)], images: [], at });
    expect(await due()).toEqual(['http://x.test/2']);
    expect(await rows('select sha256 from sightings')).toEqual([{ sha256: digest('a') }, { sha256: digest('a') }]);
  });

  it('leaves out what was to be forgotten meanwhile, and says whose file is to go', async () => {
    await recordImports(database.db, source, {
      hits: [hit('b', 2, { sha256: digest('b') })],
      images: [image('b')],
      at,
    });
    await forgetImages(database.db, 'p', { urls: [], hosts: [], digests: [digest('a')] });
    const hits = [hit('a', 1), hit('b', 2, { sha256: digest('b') })];
    expect(await recordImports(database.db, source, { hits, images: [image('a')], at })).toEqual([digest('a')]);
    expect(await rows(HITS)).toEqual([{ class_name: 'cat', image_url: 'import:set/b', page: 1, rank: 2 }]);
    expect(await rows('select sha256 from images')).toEqual([{ sha256: digest('b') }]);
  });
});
