import { eq } from 'drizzle-orm';
import { databasesUnderTest } from '../testing/database-under-test';
import {
  builds,
  classes,
  decisions,
  exclusions,
  fetches,
  forgotten,
  hits,
  images,
  projects,
  queries,
  samples,
  occurrences,
} from '../schema';
import { createTestDatabase } from '../testing/test-database';
import type { TestDatabase } from '../testing/test-database';
import { listProjectImages } from './build-images';
import { latestBuild, saveBuild } from './build-records';
import { commitListedPage } from './crawl/crawl-listing';
import { recordFetches } from './crawl/fetch-records';
import { answersToForget, forgetImages, forgottenFilter } from './forget';
import type { ForgetTargets } from './forget';

const NOTHING: ForgetTargets = { urls: [], hosts: [], digests: [] };

describe.each(databasesUnderTest(process.env))('forgetPictures on $name', ({ url, available }) => {
  (available ? describe : describe.skip)('over a small crawl', () => {
    let database: TestDatabase;
    beforeAll(async () => {
      database = await createTestDatabase(url);
    });
    afterAll(() => database.close());
    beforeEach(async () => {
      await database.reset();
      await database.db.insert(projects).values([{ name: 'p' }, { name: 'q' }]);
    });

    let rank = 0;
    /** A listed URL, with its file where it was stored. */
    async function list(
      canonicalUrl: string,
      sha256: string | null,
      project = 'p',
      finalUrl?: string,
    ): Promise<string> {
      const { db } = database;
      rank += 1;
      const id = `hit ${rank}`;
      const location = { className: 'a', engine: 'e', query: 'q', page: 1, rank };
      await db
        .insert(hits)
        .values({ id, project, imageUrl: canonicalUrl, canonicalUrl, rawRef: `answer ${id}`, ...location });
      await db
        .insert(fetches)
        .values({ project, canonicalUrl, host: new URL(canonicalUrl).host, sha256, finalUrl: finalUrl ?? null })
        .onConflictDoNothing();
      if (sha256 === null) return id;
      const facts = { sizeBytes: 1, mime: 'image/png', width: 1, height: 1 };
      await db
        .insert(images)
        .values({ sha256, ...facts })
        .onConflictDoNothing();
      await db.insert(occurrences).values({ hitId: id, sha256, project });
      return id;
    }
    const forget = (targets: Partial<ForgetTargets>) => forgetImages(database.db, 'p', { ...NOTHING, ...targets });
    const urlsOf = async (project: string): Promise<string[]> =>
      (await database.db.select().from(fetches).where(eq(fetches.project, project)))
        .map(({ canonicalUrl }) => canonicalUrl)
        .sort();
    const imagesOf = async (project: string): Promise<string[]> =>
      (await listProjectImages(database.db, project)).map(({ sha256 }) => sha256);

    it('removes the image of a URL with every URL that led to it, and remembers all of them', async () => {
      await list('https://a.test/1', 'one');
      await list('https://b.test/1', 'one');
      await list('https://a.test/2', 'two');
      const line = (id: number, sha256: string, otherSha256: string | null = null) => {
        const uuid = `00000000-0000-4000-8000-00000000000${id}`;
        const act = {
          id: uuid,
          batch: uuid,
          seq: id,
          person: 'a',
          at: new Date(0),
          says: 'open',
          origin: 'one' as const,
        };
        return { ...act, project: 'p', sha256, otherSha256 };
      };
      await database.db.insert(decisions).values([line(1, 'one'), line(2, 'two'), line(3, 'two', 'one')]);
      expect(await forget({ urls: ['https://a.test/1'] })).toEqual({
        hits: 2,
        urls: 2,
        images: ['one'],
        unreferenced: ['one'],
        shared: [],
        builds: [],
        copies: [],
      });
      expect(await urlsOf('p')).toEqual(['https://a.test/2']);
      expect(await imagesOf('p')).toEqual(['two']);
      expect((await database.db.select().from(images)).map(({ sha256 }) => sha256)).toEqual(['two']);
      expect(await database.db.select().from(hits)).toHaveLength(1);
      expect(await database.db.select({ seq: decisions.seq }).from(decisions)).toEqual([{ seq: 2 }]);
      const { isForgotten, forgottenDigests } = await forgottenFilter(database.db, 'p');
      const tried = ['https://a.test/1', 'https://b.test/1', 'https://a.test/2', 'https://a.test/1?x'];
      expect(tried.map(isForgotten)).toEqual([true, true, false, false]);
      expect([...forgottenDigests]).toEqual(['one']);
      // What was forgotten is not spelt out.
      expect(JSON.stringify(await database.db.select().from(forgotten))).not.toContain('a.test');
    });

    it('forgets a host with everything below it, by address and by redirect, and nothing that looks alike', async () => {
      await list('https://img.test/1', 'one');
      await list('http://cdn.img.test:8080/2', 'two');
      await list('https://moved.test/3', 'three', 'p', 'https://img.test/3');
      await list('https://notimg.test/4', 'four');
      await list('https://img.test.evil.test/5', 'five');
      await list('https://imgxtest/img.test/6', 'six');
      await list('https://img.test/7', null);
      expect(await forget({ hosts: ['img.test'] })).toMatchObject({
        hits: 4,
        urls: 4,
        images: ['one', 'three', 'two'],
      });
      expect(await imagesOf('p')).toEqual(['five', 'four', 'six']);
      const { isForgotten } = await forgottenFilter(database.db, 'p');
      expect(isForgotten('https://img.test/new')).toBe(true);
      expect(isForgotten('https://a.b.img.test:444/new?x#y')).toBe(true);
      expect(isForgotten('https://moved.test/3')).toBe(true);
      expect(isForgotten('https://moved.test/4')).toBe(false);
      expect(isForgotten('https://notimg.test/new')).toBe(false);
      expect(isForgotten('https://test/img.test')).toBe(false);
    });

    it('keeps the image where another project has it, and that project as it is', async () => {
      await list('https://a.test/1', 'one');
      await list('https://a.test/1', 'one', 'q');
      expect(await forget({ digests: ['one'] })).toMatchObject({
        hits: 1,
        urls: 1,
        images: ['one'],
        unreferenced: [],
        shared: ['one'],
      });
      expect([await imagesOf('p'), await imagesOf('q')]).toEqual([[], ['one']]);
      expect((await forgottenFilter(database.db, 'q')).isForgotten('https://a.test/1')).toBe(false);
      // Once the other one forgets it too, both are told to remove the file.
      expect(await forgetImages(database.db, 'q', { ...NOTHING, digests: ['one'] })).toMatchObject({
        unreferenced: ['one'],
      });
      expect(await forget({})).toMatchObject({ unreferenced: ['one'], shared: [] });
    });

    it('takes along an earlier file of a forgotten URL, unless another URL leads to it', async () => {
      const hit = await list('https://a.test/1', 'new');
      await list('https://b.test/1', 'new');
      const facts = { sizeBytes: 1, mime: 'image/png', width: 1, height: 1 };
      await database.db.insert(images).values([
        { sha256: 'old', ...facts },
        { sha256: 'kept', ...facts },
      ]);
      const second = await list('https://c.test/1', 'kept');
      await database.db.insert(occurrences).values([
        { hitId: hit, sha256: 'old', project: 'p' },
        { hitId: 'hit ' + String(rank - 1), sha256: 'kept', project: 'p' },
      ]);
      expect(await forget({ digests: ['new'] })).toMatchObject({
        images: ['new', 'old'],
        unreferenced: ['new', 'old'],
      });
      expect(await imagesOf('p')).toEqual(['kept']);
      expect((await database.db.select().from(hits)).map(({ id }) => id)).toEqual([second]);
    });

    it('marks the builds that hold the image or took it for a copy, and names other copies', async () => {
      const { db } = database;
      await list('https://a.test/1', 'one');
      await list('https://a.test/2', 'two');
      await list('https://a.test/3', 'three');
      const build = { project: 'p', digest: 'd', sampleCount: 2, config: {}, counts: {} };
      await db.insert(builds).values([
        { ...build, id: 'b1', inputDigest: '1' },
        { ...build, id: 'b2', inputDigest: '2' },
        { ...build, id: 'b3', inputDigest: '3' },
      ]);
      const bytes = { shard: 's', offset: 0, length: 1, className: 'a', label: 0, conflicts: [], copies: 1 };
      await db.insert(samples).values([
        { buildId: 'b1', key: 'k1', position: 1, sha256: 'one', ...bytes },
        { buildId: 'b1', key: 'k0', position: 0, sha256: 'three', ...bytes },
        { buildId: 'b2', key: 'k5', position: 0, sha256: 'two', ...bytes },
        { buildId: 'b3', key: 'k0', position: 0, sha256: 'three', ...bytes },
      ]);
      const left = { className: 'a', detail: null };
      await db.insert(exclusions).values([
        { buildId: 'b2', sha256: 'one', outcome: 'duplicate_near', keptSha256: 'two', ...left },
        { buildId: 'b3', sha256: 'one', outcome: 'too_small', keptSha256: null, ...left },
      ]);
      const marked = [
        { id: 'b1', keys: ['k1'] },
        { id: 'b2', keys: ['k5'] },
      ];
      expect(await forget({ digests: ['one'] })).toMatchObject({ builds: marked, copies: ['two'] });
      const keys = async () =>
        (await db.select().from(builds)).map(({ id, forgottenKeys }) => [id, forgottenKeys]).sort();
      expect(await keys()).toEqual([
        ['b1', ['k1']],
        ['b2', ['k5']],
        ['b3', []],
      ]);
      expect(await forget({ digests: ['three'] })).toMatchObject({
        builds: [
          { id: 'b1', keys: ['k0', 'k1'] },
          { id: 'b2', keys: ['k5'] },
          { id: 'b3', keys: ['k0'] },
        ],
      });
    });

    it('can be done again, and before anything was crawled', async () => {
      await list('https://a.test/1', 'one');
      const first = await forget({ urls: ['https://a.test/1'] });
      expect(await forget({ urls: ['https://a.test/1'] })).toEqual({ ...first, hits: 0, urls: 0, images: [] });
      const early = await forgetImages(database.db, 'new', { ...NOTHING, hosts: ['a.test'], digests: ['one'] });
      expect(early).toMatchObject({ hits: 0, unreferenced: ['one'] });
      expect((await forgottenFilter(database.db, 'new')).isForgotten('https://a.test/9')).toBe(true);
    });

    it('holds for a page that was read before and is stored after it', async () => {
      const { db } = database;
      const query = { className: 'a', engine: 'e', query: 'q', variant: '' };
      await db.insert(classes).values({ project: 'p', name: 'a', position: 0 });
      await db.insert(queries).values({ project: 'p', ...query });
      await forget({ hosts: ['a.test'] });
      const hit = (host: string, at: number) => {
        const url = `https://${host}/${at}`;
        return { ...query, id: url, page: 1, rank: at, imageUrl: url, canonicalUrl: url, engineVersion: '1' };
      };
      await commitListedPage(db, {
        ...{ key: { project: 'p', ...query }, page: 1, at: new Date(), cursor: null },
        ...{ state: 'exhausted', responseClass: 'ok', hits: [hit('a.test', 1), hit('b.test', 2)] },
      });
      expect((await db.select().from(hits)).map(({ canonicalUrl }) => canonicalUrl)).toEqual(['https://b.test/2']);
    });

    it('holds for an image that a redirect under way led to', async () => {
      const { db } = database;
      for (const number of [1, 2]) await list(`https://a.test/${number}`, null);
      await forget({ hosts: ['b.test'] });
      const image = { sizeBytes: 1, mime: 'image/png', width: 1, height: 1 };
      const nothing = { detail: null, attempts: 1, at: new Date(), nextTryAt: null, etag: null, lastModified: null };
      const record = (number: number, host: string) => ({
        ...{ ...nothing, canonicalUrl: `https://a.test/${number}`, outcome: 'stored' as const, status: 200 },
        ...{ finalUrl: `https://${host}/${number}`, image: { ...image, sha256: `file ${number}` } },
      });
      expect(await recordFetches(db, 'p', [record(1, 'b.test'), record(2, 'c.test')])).toEqual(['file 1']);
      expect(await imagesOf('p')).toEqual(['file 2']);
      const outcomes = await db.select({ outcome: fetches.outcome }).from(fetches).orderBy(fetches.canonicalUrl);
      expect(outcomes).toEqual([{ outcome: 'opted_out' }, { outcome: 'stored' }]);
    });

    it('marks a build that was under way', async () => {
      const { db } = database;
      await list('https://a.test/1', 'one');
      await forget({ digests: ['one'] });
      const bytes = { shard: 's', offset: 0, length: 1, className: 'a', label: 0, conflicts: [], copies: 1 };
      await saveBuild(
        db,
        {
          ...{ id: 'b', project: 'p', digest: 'd', inputDigest: 'i', sampleCount: 1, config: {}, counts: {} },
          ...{ forgottenKeys: [], lastDecision: null },
        },
        { samples: [{ ...bytes, key: 'k', position: 0, sha256: 'one' }], exclusions: [] },
      );
      expect((await latestBuild(db, 'p'))?.forgottenKeys).toEqual(['k']);
    });

    it('names the answers that list what is to be forgotten', async () => {
      const one = await list('https://a.test/1', 'one');
      const same = await list('https://b.test/1', 'one');
      await list('https://a.test/2', 'two');
      const targets = { ...NOTHING, urls: ['https://a.test/1'] };
      expect(await answersToForget(database.db, 'p', targets)).toEqual([`answer ${one}`, `answer ${same}`].sort());
      await forgetImages(database.db, 'p', targets);
      expect(await answersToForget(database.db, 'p', targets)).toEqual([]);
    });
  });
});
