import type { Outcome } from '@winnow/contracts';
import { databasesUnderTest } from '../testing/database-under-test';
import { builds, exclusions, fetches, hits, images, projects, runs, occurrences, splits } from '../schema';
import { createTestDatabase } from '../testing/test-database';
import type { TestDatabase } from '../testing/test-database';
import { listFetchOutcomes, listProjectImages } from './build-images';
import { listSamples, markBuildUsed, saveBuild } from './build-records';
import { countExclusions, listBuildIds, listBuildUses, removeBuild, resolveBuildId } from './build-uses';
import { listOriginalFiles, unknownAnswers, unknownOriginals } from './stored-files';

const facts = { digest: 'd', sampleCount: 1, config: {}, counts: {} };
const sample = {
  ...{ key: 'k', position: 0, shard: 's.tar', offset: 512, length: 1, sha256: 'x', className: 'a', label: 0 },
  ...{ conflicts: [], copies: 1 },
};
const left = (sha256: string, outcome: Outcome) => ({
  ...{ sha256, className: 'a', outcome, keptSha256: null, detail: null },
});
const hit = (id: string, more: object = {}) => ({
  ...{ id, project: 'p', className: 'a', engine: 'e', query: 'q', page: 1, rank: 1, imageUrl: `http://x/${id}` },
  ...{ canonicalUrl: `http://x/${id}` },
  ...more,
});
const image = (sha256: string) => ({ sha256, sizeBytes: 7, mime: 'image/png', width: 1, height: 1 });

describe.each(databasesUnderTest(process.env))('uses of builds on $name', ({ url, available }) => {
  (available ? describe : describe.skip)('with two projects', () => {
    let database: TestDatabase;
    beforeAll(async () => {
      database = await createTestDatabase(url);
    });
    afterAll(() => database.close());
    beforeEach(async () => {
      await database.reset();
      await database.db.insert(projects).values([{ name: 'p' }, { name: 'other' }]);
    });

    async function build(id: string, project = 'p'): Promise<void> {
      await saveBuild(
        database.db,
        { ...facts, id, project, inputDigest: `i${id}` },
        {
          samples: [sample],
          exclusions: [left('y', 'gone'), left('z', 'gone'), left('w', 'Leak' as Outcome)],
        },
      );
    }

    it('lists builds by their last use, and finds them by name', async () => {
      const { db } = database;
      for (const id of ['aa1', 'aa2', 'bb1']) await build(id);
      await build('cc1', 'other');
      await markBuildUsed(db, { id: 'aa1', project: 'p' });
      expect((await listBuildUses(db, 'p')).map(({ id }) => id)).toEqual(['aa1', 'bb1', 'aa2']);
      expect(await listBuildIds(db)).toEqual(new Set(['aa1', 'aa2', 'bb1', 'cc1']));
      expect(await resolveBuildId(db, 'p', 'current')).toBe('aa1');
      expect(await resolveBuildId(db, 'p', 'previous')).toBe('bb1');
      expect(await resolveBuildId(db, 'p', 'b')).toBe('bb1');
      await expect(resolveBuildId(db, 'p', 'aa')).rejects.toMatchObject({ code: 'USAGE' });
      for (const name of ['', 'cc1', '%', 'constructor']) {
        await expect(resolveBuildId(db, 'p', name)).rejects.toMatchObject({ code: 'USAGE', exitCode: 2 });
      }
      await expect(resolveBuildId(db, 'other', 'previous')).rejects.toMatchObject({ code: 'MISSING_INPUT' });
    });

    it('removes a build with its rows, but none that is current or used', async () => {
      const { db } = database;
      for (const id of ['free', 'split', 'run', 'current']) await build(id);
      await db.insert(splits).values({
        ...{ id: 's', project: 'p', buildId: 'split', method: 'm', teacherDigest: 't', config: {}, counts: {} },
      });
      await db.insert(runs).values({
        ...{ identity: 'r', folder: 'f', project: 'p', buildId: 'run', method: 'm', model: 'x', seed: 1 },
        summary: {} as never,
      });
      expect((await listBuildUses(db, 'p')).map(({ id, splits: s, runs: r }) => [id, s, r])).toEqual([
        ['current', 0, 0],
        ['run', 0, 1],
        ['split', 1, 0],
        ['free', 0, 0],
      ]);
      for (const id of ['current', 'run', 'split', 'none']) expect(await removeBuild(db, 'p', id)).toBe(false);
      expect(await removeBuild(db, 'other', 'free')).toBe(false);
      expect(await removeBuild(db, 'p', 'free')).toBe(true);
      expect(await listSamples(db, 'free')).toEqual([]);
      expect((await db.select().from(exclusions)).some(({ buildId }) => buildId === 'free')).toBe(false);
      expect((await db.select().from(builds)).map(({ id }) => id).sort()).toEqual(['current', 'run', 'split']);
      expect([...(await countExclusions(db, 'run'))]).toEqual([
        ['Leak', 1],
        ['gone', 2],
      ]);
    });

    it('tells which files no project knows', async () => {
      const { db } = database;
      await db.insert(images).values(['b', 'B', 'c'].map(image));
      await db.insert(hits).values([hit('h1', { rawRef: 'answer' }), hit('h2', { project: 'other', rank: 2 })]);
      await db.insert(occurrences).values([
        { hitId: 'h1', sha256: 'b', project: 'p' },
        { hitId: 'h1', sha256: 'B', project: 'p' },
        { hitId: 'h2', sha256: 'c', project: 'other' },
      ]);
      await db.insert(fetches).values({ project: 'p', canonicalUrl: 'http://x/h9', host: 'x', sha256: 'fetched' });
      expect(await unknownOriginals(db, ['z', 'c', 'fetched', 'a', 'b'])).toEqual(['z', 'a']);
      expect(await unknownOriginals(db, [])).toEqual([]);
      expect(await unknownAnswers(db, ['x', 'answer'])).toEqual(['x']);
      // Code units, not the server's locale.
      expect(await listOriginalFiles(db, 'p')).toEqual(['B', 'b'].map((sha256) => ({ sha256, sizeBytes: 7 })));
    });

    it('tells to what all URLs of an original came, where they came to one thing', async () => {
      const { db } = database;
      const rows: [string, string, Outcome | null][] = [
        ['h1', 'one', 'gone'],
        ['h2', 'both', 'gone'],
        ['h3', 'both', 'gone'],
        ['h4', 'differ', 'gone'],
        ['h5', 'differ', 'stored'],
        ['h6', 'open', null],
        ['h7', 'half', 'gone'],
        ['h8', 'half', null],
      ];
      await db.insert(images).values(['one', 'both', 'differ', 'open', 'half'].map(image));
      await db.insert(hits).values(rows.map(([id], rank) => hit(id, { rank })));
      await db.insert(occurrences).values(rows.map(([hitId, sha256]) => ({ hitId, sha256, project: 'p' })));
      await db
        .insert(fetches)
        .values(rows.map(([id, , outcome]) => ({ project: 'p', canonicalUrl: `http://x/${id}`, host: 'x', outcome })));
      expect(new Map(await listFetchOutcomes(db, 'p'))).toEqual(
        new Map([
          ['one', 'gone'],
          ['both', 'gone'],
        ]),
      );
    });

    it('orders listings of one place by what the query asked for besides its text', async () => {
      const { db } = database;
      await db.insert(images).values(image('b'));
      const variants = ['size=small', '', 'Size=large'];
      await db.insert(hits).values(variants.map((variant) => hit(`v${variant}`, { variant })));
      await db
        .insert(occurrences)
        .values(variants.map((variant) => ({ hitId: `v${variant}`, sha256: 'b', project: 'p' })));
      const [original] = await listProjectImages(db, 'p');
      expect(original?.provenance.map(({ imageUrl }) => imageUrl)).toEqual([
        'http://x/v',
        'http://x/vSize=large',
        'http://x/vsize=small',
      ]);
    });
  });
});
