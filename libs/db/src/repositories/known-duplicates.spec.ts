import type { Outcome } from '@winnow/contracts';
import fc from 'fast-check';
import { eq } from 'drizzle-orm';
import { databasesUnderTest } from '../testing/database-under-test';
import { fetches, hits, projects, occurrences } from '../schema';
import { createTestDatabase } from '../testing/test-database';
import type { TestDatabase } from '../testing/test-database';
import { crawlCounts } from './crawl/crawl-counts';
import { dueFetches, retryFailedFetches } from './crawl/due-fetches';
import { recordFetches } from './crawl/fetch-records';
import { chooseCopies, skipKnownDuplicates } from './known-duplicates';
import type { CopyGroup, LinkedUrl } from './known-duplicates';

describe('chooseCopies', () => {
  const url = fc.constantFrom<string>('a', 'b', 'c', 'd', 'e', 'f', 'g');
  const urls = fc.uniqueArray(
    fc.record({ url, state: fc.constantFrom<LinkedUrl['state']>('stored', 'open', 'open', 'failed') }),
    { selector: (item) => item.url },
  );
  const groups = fc.array(
    fc.record<CopyGroup>({
      outcome: fc.constantFrom('duplicate_bytes', 'duplicate_near'),
      urls: fc.uniqueArray(url, { minLength: 2, maxLength: 4 }),
    }),
    { maxLength: 6 },
  );

  it('skips open URLs only, each for a kept one of its group, and leaves no open URL beside a kept one', () => {
    fc.assert(
      fc.property(urls, groups, fc.nat(), (known, links, turn) => {
        const copies = chooseCopies(known, links);
        const turned = [...links.slice(turn % (links.length + 1)), ...links.slice(0, turn % (links.length + 1))];
        expect(chooseCopies([...known].reverse(), turned)).toEqual(copies);
        const stateOf = new Map(known.map((item) => [item.url, item.state]));
        for (const [copy, { keptUrl, outcome }] of copies) {
          expect(stateOf.get(copy)).toBe('open');
          expect(stateOf.get(keptUrl)).not.toBe('failed');
          expect(copies.has(keptUrl)).toBe(false);
          expect(
            links.some(
              (group) => group.outcome === outcome && group.urls.includes(copy) && group.urls.includes(keptUrl),
            ),
          ).toBe(true);
        }
        for (const group of links) {
          const fetched = group.urls.filter((item) => stateOf.get(item) === 'open' && !copies.has(item));
          const stored = group.urls.filter((item) => stateOf.get(item) === 'stored');
          expect(fetched.length === 0 || fetched.length + stored.length <= 1).toBe(true);
        }
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('prefers a digest to an engine that says so', () => {
    const open = ['a', 'b', 'c'].map((name): LinkedUrl => ({ url: name, state: 'open' }));
    const links: CopyGroup[] = [
      { outcome: 'duplicate_near', urls: ['a', 'c'] },
      { outcome: 'duplicate_bytes', urls: ['b', 'c'] },
    ];
    expect(chooseCopies(open, links)).toEqual(new Map([['c', { keptUrl: 'b', outcome: 'duplicate_bytes' }]]));
  });
});

const SHA1 = 'ab'.repeat(20);
const AT = new Date('2026-01-01T00:00:00Z');

describe.each(databasesUnderTest(process.env))('skipKnownDuplicates on $name', ({ url, available }) => {
  (available ? describe : describe.skip)('over listed URLs', () => {
    let database: TestDatabase;
    beforeAll(async () => {
      database = await createTestDatabase(url);
    });
    afterAll(() => database.close());
    beforeEach(async () => {
      await database.reset();
      await database.db.insert(projects).values([{ name: 'p' }, { name: 'other' }]);
    });

    interface Listed {
      readonly engine?: string;
      readonly sha1?: string;
      readonly md5?: string;
      readonly engineDups?: readonly string[];
      readonly project?: string;
    }
    const of = (name: string): string => `https://img.test/${name}`;
    let rank = 0;
    async function list(name: string, { project = 'p', engine = 'commons', ...facts }: Listed = {}): Promise<string> {
      rank += 1;
      const id = `${project} ${name} ${rank}`;
      const location = { className: 'a', engine, query: 'q', page: 1, rank };
      await database.db
        .insert(hits)
        .values({ id, project, imageUrl: of(name), canonicalUrl: of(name), ...location, ...facts });
      await database.db
        .insert(fetches)
        .values({ project, canonicalUrl: of(name), host: 'img.test' })
        .onConflictDoNothing();
      return id;
    }
    const due = async (): Promise<string[]> =>
      (await dueFetches(database.db, 'p', AT)).map(({ canonicalUrl }) => canonicalUrl.slice(of('').length));
    const record = (name: string, outcome: Outcome, sha256?: string, nextTryAt: Date | null = null): Promise<unknown> =>
      recordFetches(database.db, 'p', [
        {
          canonicalUrl: of(name),
          outcome,
          detail: null,
          attempts: 1,
          at: AT,
          nextTryAt,
          finalUrl: null,
          status: 200,
          etag: null,
          lastModified: null,
          image: sha256 === undefined ? null : { sha256, sizeBytes: 1, mime: 'image/png', width: 1, height: 1 },
        },
      ]);
    const run = () => skipKnownDuplicates(database.db, 'p');
    const fetchOf = async (name: string) =>
      (
        await database.db
          .select()
          .from(fetches)
          .where(eq(fetches.canonicalUrl, of(name)))
      )[0];
    const seen = async (): Promise<string[][]> =>
      (await database.db.select().from(occurrences)).map(({ hitId, sha256 }) => [hitId, sha256]).sort();

    it('fetches one of the URLs that state one file, and links the others to it', async () => {
      const [b, a, a2] = [
        await list('b', { sha1: SHA1 }),
        await list('a', { sha1: SHA1.toUpperCase() }),
        await list('a'),
      ];
      const c = await list('c', { sha1: '0'.repeat(40) });
      expect(await run()).toEqual({ skipped: 1, released: 0, occurrences: 0 });
      expect(await fetchOf('b')).toMatchObject({
        outcome: 'duplicate_bytes',
        detail: 'the same file as https://img.test/a',
        nextTryAt: null,
      });
      expect(await due()).toEqual(['a', 'c']);
      expect(await run()).toEqual({ skipped: 0, released: 0, occurrences: 0 });
      await record('a', 'stored', 'file 1');
      expect(await run()).toEqual({ skipped: 0, released: 0, occurrences: 1 });
      expect(await seen()).toEqual([
        [a, 'file 1'],
        [a2, 'file 1'],
        [b, 'file 1'],
      ]);
      expect(await run()).toEqual({ skipped: 0, released: 0, occurrences: 0 });
      // Listed later, and earlier in byte order: what is stored stands for it.
      const first = await list('0', { sha1: SHA1 });
      expect(await run()).toEqual({ skipped: 1, released: 0, occurrences: 1 });
      expect(await seen()).toContainEqual([first, 'file 1']);
      expect(await due()).toEqual(['c']);
      await record('c', 'stored', 'file 2');
      expect(await seen()).toContainEqual([c, 'file 2']);
      expect((await crawlCounts(database.db, 'p')).outcomes).toEqual({
        stored: 2,
        duplicate_bytes: 2,
        duplicate_url: 1,
      });
    });

    it('takes no digest that may be of another file, and looks at one project', async () => {
      await list('a', { sha1: SHA1 });
      await list('b', { sha1: SHA1, engine: 'bing' });
      await list('c', { md5: '1'.repeat(32), engine: 'bing' });
      await list('d', { md5: '1'.repeat(32), engine: 'bing' });
      await list('e', { sha1: SHA1, project: 'other' });
      expect(await run()).toEqual({ skipped: 0, released: 0, occurrences: 0 });
      expect(await due()).toEqual(['a', 'b', 'c', 'd']);
    });

    it("goes by an engine's list of duplicates, in either direction, without chains", async () => {
      const b = await list('b', { engine: 'yandex', engineDups: [of('a'), of('c'), of('unlisted'), of('b')] });
      const a = await list('a');
      const c = await list('c', { engine: 'yandex', engineDups: [] });
      const d = await list('d', { engine: 'yandex', engineDups: [of('c')] });
      // a stands for b. b stands for nobody, so c is fetched and stands for d.
      expect(await run()).toEqual({ skipped: 2, released: 0, occurrences: 0 });
      expect(await due()).toEqual(['a', 'c']);
      expect(await fetchOf('b')).toMatchObject({
        outcome: 'duplicate_near',
        detail: 'by the engine a copy of https://img.test/a',
      });
      await record('c', 'stored', 'file c');
      await run();
      // Whichever of a and c is stored first, b is a copy of both in the end.
      const [ofC, ofD, ofB] = [
        [c, 'file c'],
        [d, 'file c'],
        [b, 'file c'],
      ];
      expect(await seen()).toEqual([ofC, ofD, ofB].sort());
      await record('a', 'stored', 'file a');
      await run();
      expect(await seen()).toEqual([ofC, ofD, ofB, [a, 'file a'], [b, 'file a']].sort());
    });

    it('makes copies due again when what stood for them fails for good, not while it may still come', async () => {
      await list('a', { sha1: SHA1 });
      await list('b', { sha1: SHA1 });
      await list('c', { sha1: SHA1 });
      await run();
      const tomorrow = new Date(AT.getTime() + 24 * 3600 * 1000);
      await record('a', 'server_error', undefined, tomorrow);
      expect(await run()).toEqual({ skipped: 0, released: 0, occurrences: 0 });
      expect(await due()).toEqual([]);
      await record('a', 'gone');
      expect(await run()).toEqual({ skipped: 1, released: 1, occurrences: 0 });
      expect(await due()).toEqual(['b']);
      expect(await fetchOf('c')).toMatchObject({ detail: 'the same file as https://img.test/b' });
      await record('b', 'gone');
      expect(await run()).toEqual({ skipped: 0, released: 1, occurrences: 0 });
      expect(await due()).toEqual(['c']);
    });

    it('skips what waits for another try once the file is there, and stays so when failures are retried', async () => {
      await list('a', { sha1: SHA1 });
      await run();
      await record('a', 'timeout', undefined, AT);
      await list('b', { sha1: SHA1 });
      await record('b', 'stored', 'file');
      expect(await run()).toMatchObject({ skipped: 1 });
      await retryFailedFetches(database.db, 'p', AT);
      await run();
      expect(await due()).toEqual([]);
      expect(await seen()).toHaveLength(2);
    });
  });
});
