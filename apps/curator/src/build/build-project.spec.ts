import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadProject } from '@winnow/config';
import type { ProjectConfig } from '@winnow/config';
import {
  acquireLock,
  beginCrawl,
  commitListedPage,
  ensureCrawlPlan,
  ensureFetches,
  forgetImages,
  latestBuild,
  listExclusions,
  listSamples,
  recordFetches,
} from '@winnow/db';
import { createTestDatabase, databasesUnderTest } from '@winnow/db/testing';
import type { TestDatabase } from '@winnow/db/testing';
import { encodeJpeg, encodePng, resizeRgb } from '@winnow/imaging';
import type { RgbImage } from '@winnow/imaging';
import { SeededRandom } from '@winnow/random';
import { loadManifest, verifyBuild } from '@winnow/shards';
import { blobPath } from '@winnow/store';
import { buildProject } from './build-project';

const silent = { update: () => undefined, end: () => undefined };
const said: string[] = [];
const io = {
  log: (line: string) => void said.push(line),
  progress: { start: () => silent },
  signal: new AbortController().signal,
};

/** A smooth random image: coarse noise scaled up, so that it has structure for a perceptual hash. */
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
      said.length = 0;
      await database.reset();
      folder = mkdtempSync(path.join(tmpdir(), 'winnow-build-'));
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    const configure = (root: string, more = ''): Promise<ProjectConfig> => {
      const classes = 'classes: [{ name: a, queries: [a] }, { name: b, queries: [b] }]';
      const text = `name: p\n${classes}\nbuild: { shardSamples: 4 }\n${more}`;
      writeFileSync(path.join(root, 'p.yaml'), text);
      return loadProject('p.yaml', { cwd: root, env: {} });
    };

    /** A project folder whose crawl came to these files, recorded in the order given. */
    async function crawled(root: string, order: readonly Found[]): Promise<ProjectConfig> {
      mkdirSync(root, { recursive: true });
      const config = await configure(root);
      for (const item of order) await record(config, item);
      return config;
    }

    /** Each file is the one result of a query of its own, so that the order does not show. */
    async function record(config: ProjectConfig, { className, bytes }: Found): Promise<void> {
      const { db } = database;
      const digest = sha256(bytes);
      const query = { className, engine: 'openverse', query: `${className} ${digest.slice(0, 8)}`, variant: '' };
      const plan = { project: 'p', classes: ['a', 'b'], queries: [query] };
      await ensureCrawlPlan(db, plan);
      const imageUrl = `http://images.test/${className}/${digest}`;
      const rank = 1 + found.findIndex((other) => sha256(other.bytes) === digest);
      const at = new Date(0);
      await commitListedPage(db, {
        key: { project: 'p', ...query },
        page: 1,
        at,
        hits: [
          {
            id: `${className}${digest}`,
            canonicalUrl: imageUrl,
            imageUrl,
            engineVersion: '1',
            ...query,
            page: 1,
            rank,
          },
        ],
        cursor: null,
        state: 'exhausted',
        responseClass: 'ok',
      });
      await ensureFetches(db, plan);
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

    it('makes the build that was last asked for the current one, also an earlier one', async () => {
      const config = await crawled(path.join(folder, 'x'), found);
      const sized = (size: number) => build({ ...config, build: { ...config.build, size } });
      const current = async () => (await latestBuild(database.db, 'p'))?.id;
      const first = await sized(16);
      const second = await sized(24);
      expect(await current()).toBe(second.record.id);
      expect(await sized(16)).toMatchObject({ reused: true, record: { id: first.record.id } });
      expect(await current()).toBe(first.record.id);
    });

    it('is another build with another class, even one without images', async () => {
      const config = await crawled(path.join(folder, 'x'), found);
      const first = await build(config);
      const second = await build({ ...config, classes: [...config.classes, { name: 'c' }] });
      expect([second.reused, second.record.id === first.record.id]).toEqual([false, false]);
      expect((await loadManifest(second.directory)).manifest.classes).toEqual(['a', 'b', 'c']);
    });

    it('applies limits that were changed after the crawl, in both directions', async () => {
      const root = path.join(folder, 'x');
      const config = await crawled(root, found);
      const all = await build(config);
      const strict = await build(await configure(root, 'harvest: { minSide: 200 }\n'));
      expect(strict.plan.counts).toMatchObject({ samples: 1, outcomes: { too_small: 7 } });
      expect((await listExclusions(database.db, strict.record.id))[0]).toMatchObject({
        outcome: 'too_small',
        detail: '160x160 has a side under 200 pixels',
      });
      const small = await build(await configure(root, 'harvest: { maxPixels: 30000 }\n'));
      expect(small.plan.counts).toMatchObject({ samples: 6, outcomes: { too_many_pixels: 1, duplicate_near: 1 } });
      expect(await build(config)).toMatchObject({ reused: true, record: { id: all.record.id } });
      // Decoding under strict limits first must not spoil what looser ones take.
      await database.reset();
      await crawled(root, found);
      await build(await configure(root, 'harvest: { minSide: 200 }\n'));
      expect((await build(config)).record.digest).toBe(all.record.digest);
    });

    describe.each([
      ['cut', (file: string) => truncateSync(file, 512), /train-000001\.tar has 512 bytes, not \d+/],
      ['missing', (file: string) => rmSync(file), /train-000001\.tar is missing/],
    ])('with a shard that is %s', (_, damage, problem) => {
      it('builds again the same, says why, and indexes only once', async () => {
        const config = await crawled(path.join(folder, 'x'), found);
        const first = await build(config);
        const expected = filesOf(first.directory);
        damage(path.join(first.directory, 'train-000001.tar'));
        const again = await build(config);
        expect([again.reused, again.record.id]).toEqual([false, first.record.id]);
        expect(filesOf(first.directory)).toEqual(expected);
        expect(said).toEqual([expect.stringMatching(problem)]);
        expect(await listSamples(database.db, first.record.id)).toHaveLength(6);
        expect((await build(config)).reused).toBe(true);
      });

      it('does so for a build that was named but not indexed', async () => {
        const config = await crawled(path.join(folder, 'x'), found);
        const first = await build(config);
        const expected = filesOf(first.directory);
        damage(path.join(first.directory, 'train-000001.tar'));
        await database.reset();
        await crawled(path.join(folder, 'x'), found);
        expect((await build(config)).record.digest).toBe(first.record.digest);
        expect(filesOf(first.directory)).toEqual(expected);
        expect(said).toEqual([expect.stringMatching(problem)]);
      });
    });

    it('refuses a rebuild that gives other bytes, and keeps nothing of it', async () => {
      const config = await crawled(path.join(folder, 'x'), found);
      const { directory, record: built } = await build(config);
      await database.executeSql("update builds set digest = 'of another winnow'");
      rmSync(path.join(directory, 'train-000000.tar'));
      await expect(build(config)).rejects.toMatchObject({ code: 'DATA_CORRUPT', where: directory });
      expect(readdirSync(config.paths.builds)).toEqual([path.basename(directory)]);
      await database.executeSql(`update builds set digest = '${built.digest}'`);
      expect((await build(config)).reused).toBe(false);
      expect(await verifyBuild(directory, await loadManifest(directory))).toEqual([]);
    });

    describe('with test images', () => {
      const TEST = 'evaluate: { test: test }\n';
      async function withTest(root: string, files: Readonly<Record<string, Uint8Array>>): Promise<ProjectConfig> {
        for (const [name, bytes] of Object.entries(files)) {
          mkdirSync(path.dirname(path.join(root, 'test', name)), { recursive: true });
          writeFileSync(path.join(root, 'test', name), bytes);
        }
        return configure(root, TEST);
      }
      const bytesOf = (index: number): Uint8Array => found[index]?.bytes ?? new Uint8Array();

      it('leaves out copies of them, says of which, and is another build with other test images', async () => {
        const root = path.join(folder, 'x');
        const plain = await build(await crawled(root, found));
        // The very file of one image; another one smaller and in another format; one that was never crawled.
        const config = await withTest(root, {
          'a/same.png': bytesOf(3),
          'b/smaller.jpg': await encodeJpeg(await resizeRgb(await picture(3), 140, 'squash'), 80),
          'b/other.png': await encodePng(await picture(50)),
        });
        const checked = await build(config);
        expect(checked.plan.counts).toMatchObject({ samples: 4, outcomes: { leak: 2, duplicate_near: 2 } });
        const left = (await listExclusions(database.db, checked.record.id)).filter(({ outcome }) => outcome === 'leak');
        expect(
          left.map(({ sha256: digest, detail }) => [digest, detail?.replace(/\d+ bits/, 'n bits')]).sort(),
        ).toEqual(
          [
            [sha256(bytesOf(3)), 'copy of the test picture a/same.png, PDQ distance n bits'],
            [sha256(bytesOf(4)), 'copy of the test picture b/smaller.jpg, PDQ distance n bits'],
          ].sort(),
        );
        const { manifest } = await loadManifest(checked.directory);
        expect(manifest.config).toMatchObject({ leakCheck: { pictures: 3, leakBits: 31 } });
        expect((await loadManifest(plain.directory)).manifest.config).toMatchObject({ leakCheck: null });
        expect(await build(config)).toMatchObject({ reused: true, record: { id: checked.record.id } });
        // One more image that leaks nothing: the data set says that it was checked against it.
        const more = await build(await withTest(root, { 'a/more.png': await encodePng(await picture(51)) }));
        expect([more.reused, more.record.id === checked.record.id]).toEqual([false, false]);
        expect(more.plan.counts).toEqual(checked.plan.counts);
      });

      it('compares the pixels of small images, which a hash cannot tell apart', async () => {
        // A plain and a striped disc on white.
        const disc = (level: number, stripes = 0): RgbImage => ({
          width: 32,
          height: 32,
          data: Uint8Array.from({ length: 3072 }, (_, at) => {
            const [x, y] = [Math.floor(at / 3) % 32, Math.floor(at / 96)];
            return (x - 15.5) ** 2 + (y - 13) ** 2 < 90 ? level + x + (y % 4 < 2 ? stripes : 0) : 255;
          }),
        });
        const root = path.join(folder, 'x');
        const dark = await encodePng(disc(20));
        await crawled(root, [
          { className: 'a', bytes: dark },
          { className: 'b', bytes: bytesOf(4) },
        ]);
        const other = await build(await withTest(root, { 'a/striped.png': await encodePng(disc(20, 180)) }));
        expect(other.plan.counts.outcomes).toEqual({});
        const same = await build(await withTest(root, { 'a/dark.png': await encodePng(disc(22)) }));
        expect(same.plan.counts.outcomes).toEqual({ leak: 1 });
      });

      it('names a test image that cannot be read, and a set that is not there', async () => {
        const root = path.join(folder, 'x');
        await crawled(root, found);
        await expect(build(await configure(root, TEST))).rejects.toMatchObject({
          code: 'FILE_NOT_FOUND',
          where: path.join(root, 'test'),
        });
        await expect(build(await withTest(root, { 'a/broken.png': Buffer.from('no image') }))).rejects.toMatchObject({
          code: 'IMAGE_UNREADABLE',
          where: path.join(root, 'test', 'a/broken.png'),
        });
      });
    });

    it('leaves out what was forgotten since, with its listings, and marks the builds that hold it', async () => {
      const config = await crawled(path.join(folder, 'x'), found);
      const before = await build(config);
      const digest = sha256(found[3]?.bytes ?? new Uint8Array());
      const forgotten = await forgetImages(database.db, 'p', { urls: [], hosts: [], digests: [digest] });
      const key = (await listSamples(database.db, before.record.id)).find((row) => row.sha256 === digest)?.key;
      expect(forgotten.builds).toEqual([{ id: before.record.id, keys: [key] }]);
      const after = await build(config);
      expect(after.reused).toBe(false);
      expect((await listSamples(database.db, after.record.id)).map((row) => row.sha256)).not.toContain(digest);
      for (const name of ['samples.jsonl', 'ATTRIBUTION.tsv']) {
        expect(readFileSync(path.join(after.directory, name), 'utf8')).not.toContain(digest);
      }
    });

    it('says under which rules it was crawled', async () => {
      const root = path.join(folder, 'x');
      await crawled(root, found);
      const harvest = 'harvest: { respectTdm: false, checkPages: all, licenses: share, allowLicenses: [by, cc0] }\n';
      const { directory, record: built } = await build(await configure(root, harvest));
      const rules = {
        respectRobots: true,
        respectTdm: false,
        checkPages: 'all',
        licenses: 'share',
        allowLicenses: ['by', 'cc0'],
      };
      expect((await loadManifest(directory)).manifest.config).toMatchObject({ harvest: rules });
      expect(built.config).toMatchObject({ harvest: rules });
      expect(readFileSync(path.join(directory, 'README.md'), 'utf8')).toContain('| respectTdm | false |');
    });

    it('says the rules of the crawl where the project file has others by now, and makes no other build of that', async () => {
      const root = path.join(folder, 'x');
      const config = await crawled(root, found);
      const rules = { ...config.harvest, respectRobots: false, licenses: 'any', allowLicenses: undefined };
      await beginCrawl(database.db, 'p', JSON.parse(JSON.stringify({ harvest: rules })) as never);
      const first = await build(config);
      expect(first.record.config).toMatchObject({
        harvest: { respectRobots: false, licenses: 'any', allowLicenses: null },
      });
      const stricter = 'harvest: { licenses: commercial, allowLicenses: [by], engines: [bing] }\n';
      expect(await build(await configure(root, stricter))).toMatchObject({
        reused: true,
        record: { id: first.record.id },
      });
    });

    it('attributes every image, and makes a lost or cut attribution or list again', async () => {
      const config = await crawled(path.join(folder, 'x'), found);
      const first = await build(config);
      const expected = filesOf(first.directory);
      const file = path.join(first.directory, 'ATTRIBUTION.tsv');
      expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(8);
      const table = path.join(first.directory, 'samples.parquet');
      for (const damage of [() => rmSync(file), () => truncateSync(file, 100), () => rmSync(table)]) {
        damage();
        expect(await build(config)).toMatchObject({ reused: false, record: { id: first.record.id } });
        expect(filesOf(first.directory)).toEqual(expected);
      }
      expect(said).toEqual([
        expect.stringContaining('ATTRIBUTION.tsv is missing'),
        expect.stringContaining('ATTRIBUTION.tsv has 100 bytes'),
        expect.stringContaining('samples.parquet is missing'),
      ]);
    });

    it('makes a shard with a flipped bit again, and says so', async () => {
      const config = await crawled(path.join(folder, 'x'), found);
      const first = await build(config);
      const expected = filesOf(first.directory);
      for (const name of ['train-000000.tar', 'samples.parquet']) {
        const file = path.join(first.directory, name);
        const bytes = readFileSync(file);
        bytes[700] = (bytes[700] ?? 0) ^ 1;
        writeFileSync(file, bytes);
        expect(await build(config)).toMatchObject({ reused: false, record: { id: first.record.id } });
        expect(filesOf(first.directory)).toEqual(expected);
        expect(said.splice(0)).toEqual([expect.stringContaining(`${name} was changed. It is built again.`)]);
        expect(await build(config)).toMatchObject({ reused: true });
      }
    });

    it('removes what other builds left half done; on a shared database only what is old', async () => {
      const config = await crawled(path.join(folder, 'x'), found);
      const [old, fresh] = ['old', 'fresh'].map((id) => path.join(config.paths.builds, `${id}.partial`));
      for (const partial of [old, fresh]) {
        mkdirSync(partial ?? '', { recursive: true });
        writeFileSync(path.join(partial ?? '', 'train-000000.tar'), 'half a shard');
      }
      utimesSync(old ?? '', 0, 0);
      writeFileSync(path.join(config.paths.builds, 'old.lock'), '{}');
      const { directory } = await build({ ...config, databaseUrl: 'postgres://shared' });
      expect(readdirSync(config.paths.builds).sort()).toEqual([path.basename(directory), 'fresh.partial'].sort());
      await build(config);
      expect(readdirSync(config.paths.builds)).toEqual([path.basename(directory)]);
    });

    it('lets only one command write a build', async () => {
      const config = await crawled(path.join(folder, 'x'), found);
      const { directory } = await build(config);
      rmSync(directory, { recursive: true });
      const release = await acquireLock(`${directory}.lock`, 'winnow build');
      await expect(build(config)).rejects.toMatchObject({ code: 'DATABASE_BUSY', where: `${directory}.lock` });
      expect(existsSync(`${directory}.partial`)).toBe(false);
      await release();
      await build(config);
      expect(readdirSync(config.paths.builds)).toEqual([path.basename(directory)]);
    });

    it('never takes another image for an original that was changed', async () => {
      const config = await crawled(path.join(folder, 'x'), found);
      await build(config);
      const changed = blobPath(config.paths.blobs, sha256(found[3]?.bytes ?? new Uint8Array()));
      const sound = readFileSync(changed);
      writeFileSync(changed, await encodePng(await picture(77)));
      const smaller = { ...config, build: { ...config.build, size: 24 } };
      await expect(build(smaller)).rejects.toMatchObject({
        code: 'DATA_CORRUPT',
        where: changed,
        message: expect.stringContaining('was changed'),
        next: expect.stringContaining('--repair'),
      });
      writeFileSync(changed, sound);
      await build(smaller);
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
