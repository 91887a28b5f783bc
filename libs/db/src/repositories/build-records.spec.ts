import { databasesUnderTest } from '../testing/database-under-test';
import { hits, images, projects, occurrences } from '../schema';
import { createTestDatabase } from '../testing/test-database';
import type { TestDatabase } from '../testing/test-database';
import { listProjectImages, listUndecodedImages, saveImageFacts, storedDescriptors } from './build-images';
import { listConflicts } from './build-conflicts';
import {
  findBuild,
  latestBuild,
  listExclusions,
  listSamples,
  markBuildUsed,
  recordDuplicateMeasure,
  saveBuild,
} from './build-records';
import type { BuildRecord, SampleRow } from './build-records';
import { projectStatus } from './project-status';
import { listFinishedRuns, saveRun, updateRunSummary } from './run-records';
import { measurePlanFor, saveMeasurePlan } from './measure-plans';
import {
  correctionsOf,
  findSplit,
  listSplits,
  listSplitSamples,
  pageSplitSamples,
  recordSplitQuality,
  saveSplit,
} from './split-records';

const build: BuildRecord = {
  id: 'b1',
  project: 'p',
  digest: 'd',
  inputDigest: 'i',
  sampleCount: 2,
  config: { size: 32 },
  counts: {},
};
const sample = (key: string, position: number): SampleRow => ({
  key,
  position,
  shard: 'train-000000.tar',
  offset: 512,
  length: 10,
  sha256: `sha-${key}`,
  className: 'a',
  label: 0,
  conflicts: ['b'],
  copies: 1,
});
const exclusion = { sha256: 'x', className: 'a', outcome: 'truncated', keptSha256: null, detail: null } as const;
const measures = { lumaP1: 0.1, lumaP99: 0.9, edgeSharpness: 3, entropyBits: 7 };
const hit = (id: string, rank: number, className = 'a') => ({
  id,
  project: 'p',
  className,
  engine: 'e',
  query: 'q',
  page: 1,
  rank,
  imageUrl: `http://x/${id}`,
});
const summary = {
  method: 'kd',
  model: 'resnet8',
  seed: 1,
  epochs: 1,
  accuracy: 0.5,
  agreement: null,
  teacherAccuracy: null,
  perClassAccuracy: null,
  imagesSeen: 1,
  seconds: 1,
  peakMemoryBytes: 1,
  engine: 'wasm',
  notes: [],
};

describe.each(databasesUnderTest(process.env))('build, split and run records on $name', ({ url, available }) => {
  (available ? describe : describe.skip)('with a project', () => {
    let database: TestDatabase;
    beforeAll(async () => {
      database = await createTestDatabase(url);
    });
    afterAll(() => database.close());
    beforeEach(async () => {
      await database.reset();
      await database.db.insert(projects).values({ name: 'p' });
    });

    it('lists what was found under several classes with the votes of all copies, the larger count first', async () => {
      const { db } = database;
      await db.insert(hits).values([hit('h1', 1), hit('h2', 2), hit('h3', 3, 'B'), hit('h4', 4, 'B'), hit('h5', 5)]);
      const digests = ['sha-0', 'copy', 'alone'];
      await db
        .insert(images)
        .values(digests.map((sha256) => ({ sha256, sizeBytes: 1, mime: 'image/png', width: 1, height: 1 })));
      const led = [
        ['h1', 'sha-0'],
        ['h2', 'sha-0'],
        ['h3', 'copy'],
        ['h4', 'copy'],
        ['h5', 'alone'],
      ] as const;
      await db.insert(occurrences).values(led.map(([hitId, sha256]) => ({ hitId, sha256, project: 'p' })));
      const copy = { ...exclusion, sha256: 'copy', outcome: 'duplicate_near', keptSha256: 'sha-0' } as const;
      const samples = [sample('0', 0), { ...sample('1', 1), sha256: 'alone', conflicts: [] }];
      await saveBuild(db, build, { samples, exclusions: [copy, exclusion] });
      const votes = [
        { className: 'B', count: 2 },
        { className: 'a', count: 2 },
      ];
      expect(await listConflicts(db, 'p', 'b1')).toEqual([{ sha256: 'sha-0', className: 'a', votes }]);
      expect(await listConflicts(db, 'p', 'b2')).toEqual([]);
    });

    it('lists originals by digest with provenance in a fixed order, and remembers what decoding told', async () => {
      const { db } = database;
      await db.insert(hits).values([hit('h2', 2), hit('h1', 1), hit('h3', 3, 'B')]);
      await db
        .insert(images)
        .values(['z', 'A'].map((sha256) => ({ sha256, sizeBytes: 1, mime: 'image/png', width: 1, height: 1 })));
      await db.insert(occurrences).values([
        { hitId: 'h2', sha256: 'z', project: 'p' },
        { hitId: 'h1', sha256: 'z', project: 'p' },
        { hitId: 'h3', sha256: 'A', project: 'p' },
      ]);
      const originals = await listProjectImages(db, 'p');
      // Code units, not the server's locale: capitals first.
      expect(originals.map(({ sha256, provenance }) => [sha256, provenance.map(({ rank }) => rank)])).toEqual([
        ['A', [3]],
        ['z', [1, 2]],
      ]);
      expect(await listUndecodedImages(db, 'p')).toEqual(['A', 'z']);
      const descriptor = Uint8Array.of(1, 0, 255);
      await saveImageFacts(db, [
        { sha256: 'A', decodeOutcome: 'truncated' },
        { sha256: 'z', pixelSha256: 'px', pdq: '00', pdqQuality: 90, measures, width: 5, height: 6, descriptor },
      ]);
      expect([...(await storedDescriptors(db, ['A', 'z', 'none']))]).toEqual([['z', descriptor]]);
      expect(await listUndecodedImages(db, 'p')).toEqual([]);
      expect((await listProjectImages(db, 'p'))[1]).toMatchObject({
        pixelSha256: 'px',
        pdqQuality: 90,
        width: 5,
        measures,
      });
    });

    it('lists decoded originals without measures, and adds only these', async () => {
      const { db } = database;
      const facts = { pixelSha256: 'px', pdq: '00', pdqQuality: 90, width: 5, height: 6 };
      await db.insert(hits).values([hit('h2', 2)]);
      await db.insert(images).values({ sha256: 'z', sizeBytes: 1, mime: 'image/png', ...facts });
      await db.insert(occurrences).values({ hitId: 'h2', sha256: 'z', project: 'p' });
      expect(await listUndecodedImages(db, 'p')).toEqual(['z']);
      // An original that no longer decodes stays what it was: the build says that it is damaged.
      await saveImageFacts(db, [{ sha256: 'z', decodeOutcome: 'truncated' }]);
      expect(await listUndecodedImages(db, 'p')).toEqual(['z']);
      await saveImageFacts(db, [
        { sha256: 'z', ...facts, pixelSha256: 'of another version', measures, descriptor: null },
      ]);
      expect(await listUndecodedImages(db, 'p')).toEqual([]);
      expect(await listProjectImages(db, 'p')).toMatchObject([{ ...facts, measures, decodeOutcome: null }]);
    });

    it('stores a build whole and once', async () => {
      const { db } = database;
      const rows = { samples: [sample('k1', 1), sample('k0', 0)], exclusions: [exclusion] };
      await saveBuild(db, build, rows);
      await saveBuild(db, build, rows);
      expect((await listSamples(db, 'b1')).map(({ key }) => key)).toEqual(['k0', 'k1']);
      expect(await listExclusions(db, 'b1')).toEqual([exclusion]);
      expect(await findBuild(db, 'p', 'i')).toMatchObject({ id: 'b1' });
      expect(await findBuild(db, 'p', 'other')).toBeUndefined();
      await recordDuplicateMeasure(db, 'b1', { precision: 1, recall: 0.5 });
      expect(await latestBuild(db, 'p')).toMatchObject({ id: 'b1', duplicateMeasure: { recall: 0.5 } });
    });

    it('takes the build that was last made or used for the current one', async () => {
      const { db } = database;
      const nothing = { samples: [], exclusions: [] };
      const current = async (): Promise<string | undefined> => (await latestBuild(db, 'p'))?.id;
      // Ids fall, and all in one transaction have one time: neither decides.
      await db.transaction(async (tx) => {
        for (const id of ['b3', 'b2', 'b1']) await saveBuild(tx, { ...build, id, inputDigest: id }, nothing);
        expect((await latestBuild(tx, 'p'))?.id).toBe('b1');
        await markBuildUsed(tx, { id: 'b3', project: 'p' });
      });
      expect(await current()).toBe('b3');
      await saveBuild(db, { ...build, id: 'b0', inputDigest: 'b0' }, nothing);
      expect(await current()).toBe('b0');
      await markBuildUsed(db, { id: 'b2', project: 'p' });
      expect(await current()).toBe('b2');
      expect((await latestBuild(db, 'p', 'b1'))?.id).toBe('b1');
    });

    it('keeps nothing of a build whose rows cannot be stored', async () => {
      const { db } = database;
      const twice = { samples: [sample('k', 0), sample('k', 1)], exclusions: [] };
      await expect(saveBuild(db, build, twice)).rejects.toThrow();
      expect(await latestBuild(db, 'p')).toBeUndefined();
    });

    it('finds the plan that measures a split: its own, else the newest of a split that is there', async () => {
      const { db } = database;
      await saveBuild(db, build, { samples: [], exclusions: [] });
      const split = { project: 'p', buildId: 'b1', method: 'knn', teacherDigest: 't', config: {}, counts: {} };
      await saveSplit(db, { ...split, id: 's1' }, []);
      const found = async (id: string) => (await measurePlanFor(db, 'p', { id, buildId: 'b1' }))?.splitId;
      for (const [at, splitId] of ['s1', 'gone'].entries()) {
        const id = `00000000-0000-4000-8000-00000000000${at}`;
        await saveMeasurePlan(db, 'p', { id, buildId: 'b1', splitId, person: 'anna', settings: {} });
      }
      expect([await found('s1'), await found('gone'), await found('s2')]).toEqual(['s1', 'gone', 's1']);
      expect(await measurePlanFor(db, 'p', { id: 's1', buildId: 'b2' })).toBeUndefined();
    });

    it('gives a split in parts, each of its rows once', async () => {
      const { db } = database;
      await saveBuild(db, build, { samples: [], exclusions: [] });
      const split = { project: 'p', buildId: 'b1', method: 'knn', teacherDigest: 't', config: {}, counts: {} };
      const shares = { cleanProbability: 1, closedProbability: 0, openProbability: 0, refinedLabel: 0, score: 0 };
      const keys = ['a', 'B', 'é', '10', '9', 'aa'];
      for (const id of ['s1', 's2', 's3']) {
        await saveSplit(
          db,
          { ...split, id },
          keys.map((key) => ({ key: `${key}${id}`, kind: 'clean', ...shares })),
        );
      }
      const found: string[] = [];
      for (let afterKey = ''; found.length <= keys.length;) {
        const rows = await pageSplitSamples(db, 's2', { afterKey, count: 2 });
        found.push(...rows.map(({ key }) => key));
        if (rows.length === 0) break;
        afterKey = rows.at(-1)?.key ?? '';
      }
      expect([...found].sort()).toEqual(keys.map((key) => `${key}s2`).sort());
    });

    it('stores splits and runs, and counts them', async () => {
      const { db } = database;
      await saveBuild(db, build, { samples: [], exclusions: [] });
      const split = {
        id: 's1',
        project: 'p',
        buildId: 'b1',
        method: 'edl-gmm',
        teacherDigest: 't',
        config: {},
        counts: {},
      };
      const row = {
        key: 'k',
        kind: 'open',
        cleanProbability: 0,
        closedProbability: 0.25,
        openProbability: 0.75,
        refinedLabel: 1,
        score: 0.5,
      } as const;
      await saveSplit(db, split, [row]);
      await saveSplit(db, split, [row]);
      expect(await listSplitSamples(db, 's1')).toEqual([row]);
      expect(await findSplit(db, 's2')).toBeUndefined();
      expect([split, { config: { corrections: { count: 4, digest: 'd' } } }].map(correctionsOf)).toEqual([
        null,
        { count: 4, digest: 'd' },
      ]);
      const nothing = { clean: 0, closed: 0, open: 0 };
      const quality = {
        method: 'edl-gmm',
        macroF1: 0.5,
        confusion: [
          [0, 0, 0],
          [0, 0, 0],
          [0, 0, 0],
        ],
        precision: nothing,
        recall: nothing,
        auroc: nothing,
        fpr95Open: null,
        refinedAccuracy: null,
      } as const;
      await recordSplitQuality(db, 's1', quality);
      expect(await listSplits(db, 'p', 'b1')).toMatchObject([{ id: 's1', quality: { macroF1: 0.5 } }]);
      await saveSplit(db, { ...split, id: 's0' }, []);
      expect((await listSplits(db, 'p', 'b1')).map(({ id }) => id)).toEqual(['s0', 's1']);
      expect(await listSplits(db, 'p', 'b2')).toEqual([]);
      const run = {
        identity: 'r',
        folder: 'f',
        project: 'p',
        buildId: 'b1',
        splitId: 's1',
        method: 'kd',
        model: 'resnet8',
        seed: 1,
        summary,
      };
      await saveRun(db, run);
      await updateRunSummary(db, 'r', { ...summary, accuracy: 0.75 });
      // Trained again on another day, as its weights were gone.
      await saveRun(db, { ...run, folder: 'another' });
      const known = { ...run, folder: 'another', summary: { ...summary, accuracy: 0.75 } };
      expect(await listFinishedRuns(db, 'p', 'b1')).toEqual([known]);
      expect(await projectStatus(database, 'p', new Date())).toMatchObject({
        hits: 0,
        images: 0,
        splits: 2,
        runs: 1,
        builds: [{ id: 'b1' }],
      });
    });
  });
});
