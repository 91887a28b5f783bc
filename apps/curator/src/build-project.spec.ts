import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { blobPath, loadProject } from '@winnow/config';
import type { ProjectConfig } from '@winnow/config';
import {
  commitListedPage,
  createTestDatabase,
  databasesUnderTest,
  ensureCrawlPlan,
  ensureFetches,
  listExclusions,
  listSamples,
  recordFetches,
} from '@winnow/db';
import type { TestDatabase } from '@winnow/db';
import { encodeJpeg, encodePng, resizeRgb } from '@winnow/imaging';
import type { RgbImage } from '@winnow/imaging';
import { SeededRandom } from '@winnow/random';
import { loadManifest, verifyBuild } from '@winnow/shards';
import { buildProject } from './build-project';

const silent = { update: () => undefined, end: () => undefined };
const io = { log: () => undefined, progress: { start: () => silent }, signal: new AbortController().signal };

/** A smooth random picture: coarse noise scaled up, so that it has structure for a perceptual hash. */
async function picture(seed: number, size = 160): Promise<RgbImage> {
  const random = new SeededRandom(seed);
  return resizeRgb(
    { width: 32, height: 32, data: Uint8Array.from({ length: 3072 }, () => random.int(256)) },
    size,
    'squash',
  );
}

interface Found {
  readonly className: 'a' | 'b';
  readonly bytes: Uint8Array;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe.each(databasesUnderTest(process.env))('buildProject on $name', ({ url, available }) => {
  (available ? describe : describe.skip)('over a small crawl', () => {
    let database: TestDatabase;
    let folder: string;
    let found: readonly Found[];
    beforeAll(async () => {
      database = await createTestDatabase(url);
      const first = await picture(1);
      const others = await Promise.all([2, 3, 4, 5, 6].map(async (seed) => encodePng(await picture(seed))));
      found = [
        { className: 'a', bytes: await encodePng(first) },
        { className: 'a', bytes: await encodeJpeg(first, 60) },
        { className: 'b', bytes: await encodeJpeg(await resizeRgb(first, 256, 'squash'), 80) },
        ...others.map((bytes, index): Found => ({ className: index % 2 === 0 ? 'a' : 'b', bytes })),
      ];
    });
    afterAll(() => database.close());
    beforeEach(async () => {
      await database.reset();
      folder = mkdtempSync(path.join(tmpdir(), 'winnow-build-'));
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    /** A project folder whose crawl came to these files, recorded in the order given. */
    async function crawled(root: string, order: readonly Found[]): Promise<ProjectConfig> {
      mkdirSync(root, { recursive: true });
      const classes = 'classes: [{ name: a, queries: [a] }, { name: b, queries: [b] }]';
      writeFileSync(path.join(root, 'p.yaml'), `name: p\n${classes}\nbuild: { shardSamples: 4 }\n`);
      const config = await loadProject('p.yaml', { cwd: root, env: {} });
      const plan = {
        project: 'p',
        classes: ['a', 'b'].map((name) => ({ name, queries: [name] })),
        engines: ['openverse'],
      };
      await ensureCrawlPlan(database.db, plan);
      for (const item of order) await record(config, item, order.length);
      return config;
    }

    async function record(config: ProjectConfig, { className, bytes }: Found, page: number): Promise<void> {
      const { db } = database;
      const digest = sha256(bytes);
      const imageUrl = `http://images.test/${className}/${digest}`;
      const rank = 1 + found.findIndex((other) => sha256(other.bytes) === digest);
      const at = new Date(0);
      await commitListedPage(db, {
        key: { project: 'p', className, engine: 'openverse', query: className },
        at,
        hits: [
          {
            id: `${className}${digest}${page}`,
            canonicalUrl: imageUrl,
            imageUrl,
            engine: 'openverse',
            className,
            query: className,
            page: 1,
            rank,
          },
        ],
        cursor: null,
        state: 'exhausted',
        responseClass: 'ok',
      });
      await ensureFetches(db, {
        project: 'p',
        classes: [{ name: className, queries: [className] }],
        engines: ['openverse'],
      });
      const image = { sha256: digest, sizeBytes: bytes.byteLength, mime: 'image/png', width: 160, height: 160 };
      const nothing = { detail: null, nextTryAt: null, finalUrl: null, status: 200, etag: null, lastModified: null };
      await recordFetches(db, 'p', [{ canonicalUrl: imageUrl, outcome: 'stored', attempts: 1, at, image, ...nothing }]);
      const file = blobPath(config.paths.blobs, digest);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, bytes);
    }

    const build = (config: ProjectConfig) => buildProject({ config, db: database.db, io });
    const filesOf = (directory: string): Record<string, string> =>
      Object.fromEntries(
        readdirSync(directory).map((name) => [name, sha256(readFileSync(path.join(directory, name)))]),
      );

    it('folds copies into the best one, keeps the vote and the conflict, and indexes what is in the shards', async () => {
      const { record: built, directory, plan } = await build(await crawled(path.join(folder, 'x'), found));
      expect(plan.counts).toMatchObject({ originals: 8, samples: 6, conflicts: 1, outcomes: { duplicate_near: 2 } });
      const rows = await listSamples(database.db, built.id);
      const largest = sha256(found[2]?.bytes ?? new Uint8Array());
      // The largest copy is kept; its label is that of the two others.
      expect(rows.find((row) => row.sha256 === largest)).toMatchObject({
        className: 'a',
        label: 0,
        conflicts: ['b'],
        copies: 3,
      });
      expect(
        (await listExclusions(database.db, built.id)).map(({ outcome, keptSha256 }) => [outcome, keptSha256]),
      ).toEqual([
        ['duplicate_near', largest],
        ['duplicate_near', largest],
      ]);
      const loaded = await loadManifest(directory);
      expect(await verifyBuild(directory, loaded)).toEqual([]);
      expect(rows.map(({ key, offset, length }) => [key, offset, length])).toEqual(
        loaded.samples.map(({ key, offset, length }) => [key, offset, length]),
      );
      expect(loaded.manifest.shards.map(({ samples }) => samples)).toEqual([4, 2]);
    });

    it('gives the same bytes for the same crawl, in whatever order it was recorded, and does nothing the second time', async () => {
      const first = await build(await crawled(path.join(folder, 'x'), found));
      const again = await build(await crawled(path.join(folder, 'x'), found));
      expect([again.reused, again.record.id]).toEqual([true, first.record.id]);
      await database.reset();
      const turned = await build(await crawled(path.join(folder, 'y'), [...found].reverse()));
      expect(turned.record.digest).toBe(first.record.digest);
      expect(filesOf(turned.directory)).toEqual(filesOf(first.directory));
    });

    it('goes on after a build that stopped before it was named or indexed', async () => {
      const config = await crawled(path.join(folder, 'x'), found);
      const calm = await build(config);
      const expected = filesOf(calm.directory);
      await database.reset();
      await crawled(path.join(folder, 'x'), found);
      // Named, but not indexed.
      expect((await build(config)).record.digest).toBe(calm.record.digest);
      expect(filesOf(calm.directory)).toEqual(expected);
      // Not named: half of it is there, under its working name.
      await database.reset();
      await crawled(path.join(folder, 'x'), found);
      rmSync(calm.directory, { recursive: true });
      mkdirSync(`${calm.directory}.partial`);
      writeFileSync(path.join(`${calm.directory}.partial`, 'train-000000.tar'), 'half a shard');
      expect((await build(config)).record.digest).toBe(calm.record.digest);
      expect(filesOf(calm.directory)).toEqual(expected);
      expect(existsSync(`${calm.directory}.partial`)).toBe(false);
    });

    it('says which original is gone, and that nothing was crawled', async () => {
      const config = await crawled(path.join(folder, 'x'), found);
      const lost = blobPath(config.paths.blobs, sha256(found[3]?.bytes ?? new Uint8Array()));
      rmSync(lost);
      await expect(build(config)).rejects.toMatchObject({ code: 'DATA_CORRUPT', where: lost });
      await database.reset();
      await expect(build(config)).rejects.toMatchObject({ code: 'MISSING_INPUT' });
    });
  });
});
