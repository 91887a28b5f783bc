import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ProjectConfig } from '@winnow/config';
import { acquireLock, forgetImages, listBuildUses, saveSplit } from '@winnow/db';
import { createTestDatabase, databasesUnderTest, recordTestCrawl } from '@winnow/db/testing';
import type { TestDatabase } from '@winnow/db/testing';
import { ENCODING_CACHE } from '@winnow/shards';
import { blobPath } from '@winnow/store';
import { buildProject } from '../build/build-project';
import { describeDiff } from './diff/describe-diff';
import { diffBuilds } from './diff/diff-builds';
import { collectGarbage } from './gc/collect-garbage';
import type { GcOptions, GcResult } from './gc/collect-garbage';
import { drawImages, storeImages, writeProject } from '../spec-support/drawn-project';
import type { DrawnImage } from '../spec-support/drawn-project';
import { verifyProject } from './verify/verify-project';

type Row = Readonly<Record<string, unknown>>;
const silent = { update: () => undefined, end: () => undefined };
const io = { log: () => undefined, progress: { start: () => silent }, signal: new AbortController().signal };

describe.each(databasesUnderTest(process.env))('data sets on $name', ({ url, available }) => {
  (available ? describe : describe.skip)('of a small crawl', () => {
    let database: TestDatabase;
    let folder: string;
    let config: ProjectConfig;
    let images: readonly DrawnImage[];
    beforeAll(async () => {
      database = await createTestDatabase(url);
      images = await drawImages(6);
    });
    afterAll(() => database.close());
    beforeEach(async () => {
      await database.reset();
      folder = mkdtempSync(path.join(tmpdir(), 'winnow-keep-'));
      config = await writeProject(folder, 'build: { shardSamples: 4 }\n');
      await storeImages(database.db, config, images);
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    const build = (changes: Partial<ProjectConfig['build']> = {}) =>
      buildProject({ config: { ...config, build: { ...config.build, ...changes } }, db: database.db, io });

    describe('verify', () => {
      const verify = async (name = 'current', originals = false) =>
        (await verifyProject({ config, db: database.db, io, build: name, originals })).problems.map(
          ({ file, problem }) => [path.basename(file), problem],
        );

      it('finds nothing wrong with a sound build, its originals read or not', async () => {
        const { record } = await build();
        expect(await verify()).toEqual([]);
        expect(await verify(record.id.slice(0, 6), true)).toEqual([]);
      });

      it('names the shard of a flipped bit, wherever it is', async () => {
        const { directory } = await build();
        const file = path.join(directory, 'train-000000.tar');
        const sound = readFileSync(file);
        for (const at of [20, 600, sound.indexOf('"label"'), sound.length - 3]) {
          const bytes = Buffer.from(sound);
          bytes[at] = (bytes[at] ?? 0) ^ 4;
          writeFileSync(file, bytes);
          expect(await verify()).toEqual([['train-000000.tar', 'the file was changed']]);
        }
      });

      it('finds a missing shard, a cut one and a changed list', async () => {
        const { directory } = await build();
        unlinkSync(path.join(directory, 'train-000001.tar'));
        truncateSync(path.join(directory, 'train-000000.tar'), 2048);
        const parquet = path.join(directory, 'samples.parquet');
        const bytes = readFileSync(parquet);
        bytes[10] = (bytes[10] ?? 0) ^ 1;
        writeFileSync(parquet, bytes);
        const found = await verify();
        expect(found).toEqual([
          ['train-000000.tar', expect.stringMatching(/^the file has 2048 bytes, not \d+$/)],
          ['train-000001.tar', 'the file is missing'],
          ['samples.parquet', 'the file was changed'],
        ]);
        // What to do about it is said once, by the command.
        expect(found.filter(([, problem]) => /winnow build|Remove/.test(String(problem)))).toEqual([]);
      });

      it('is sound again after what it advises', async () => {
        const { directory } = await build();
        const flip = (name: string, at: number): void => {
          const bytes = readFileSync(path.join(directory, name));
          bytes[at] = (bytes[at] ?? 0) ^ 1;
          writeFileSync(path.join(directory, name), bytes);
        };
        for (const name of ['train-000000.tar', 'samples.parquet', 'README.md']) flip(name, 600);
        writeFileSync(path.join(directory, 'train-000002.tar'), 'stray');
        expect((await verify()).length).toBe(4);
        unlinkSync(path.join(directory, 'dataset.json'));
        await build();
        expect(await verify('current', true)).toEqual([]);
      });

      it('finds a row without bytes, bytes without a row and a row that says otherwise', async () => {
        const { record } = await build();
        const set = (text: string, where: string) =>
          database.executeSql(`${text} and build_id = '${record.id}'`.replace('WHERE', `where key = '${where}'`));
        await set('delete from samples WHERE', '000000000');
        await set(`update samples set key = 'other' WHERE`, '000000001');
        await set(`update samples set label = 9 WHERE`, '000000002');
        const rows = (await verify()).map(([file, problem]) => `${String(file)}: ${String(problem)}`);
        expect(rows.sort()).toEqual([
          'database: 000000000: bytes without a row, in train-000000.tar',
          'database: 000000001: bytes without a row, in train-000000.tar',
          expect.stringMatching(/^database: 000000002: label is 9 in the database and [01] in samples.jsonl$/),
          'database: other: a row without bytes: no shard holds it',
        ]);
      });

      it('goes on with the shards where the lists cannot be read', async () => {
        const { directory } = await build();
        unlinkSync(path.join(directory, 'train-000001.tar'));
        writeFileSync(path.join(directory, 'samples.jsonl'), '{');
        expect((await verify()).map(([file]) => file)).toEqual(['samples.jsonl', 'train-000001.tar', 'samples.jsonl']);
        unlinkSync(path.join(directory, 'dataset.json'));
        expect((await verify()).map(([file]) => file)).toEqual(['dataset.json']);
      });

      it('finds changed descriptions and stray shards, and says where another winnow made them', async () => {
        const { directory } = await build();
        const card = path.join(directory, 'README.md');
        const dataset = path.join(directory, 'dataset.json');
        const text = readFileSync(dataset, 'utf8');
        writeFileSync(card, readFileSync(card, 'utf8').replace('# p', '# q'));
        writeFileSync(dataset, text.replace('"copies": 6', '"copies": 7'));
        writeFileSync(path.join(directory, 'train-000002.tar'), '');
        const stray = ['train-000002.tar', 'a shard that is not in dataset.json'];
        expect((await verify()).map(([file]) => file)).toEqual(['dataset.json', 'README.md', 'train-000002.tar']);
        writeFileSync(dataset, text.replace(/"createdBy": ".*?"/, '"createdBy": "winnow 0.0.9"'));
        expect(await verify()).toEqual([stray]);
        const { notes } = await verifyProject({ config, db: database.db, io, build: 'current', originals: false });
        expect(notes).toEqual([
          expect.stringMatching(/^Not compared with the samples: README.md, .* of winnow 0\.0\.9, this is winnow \d/),
        ]);
      });

      it('may find more problems than a call has arguments', async () => {
        const { record } = await build();
        await database.executeSql(
          `insert into samples select build_id, 'x' || n, position, shard, "offset", length, '', class_name, label, conflicts, copies
            from samples, generate_series(1, 130000) n where build_id = '${record.id}' and key = '000000000'`,
        );
        const { problems } = await verifyProject({ config, db: database.db, io, build: 'current', originals: false });
        expect(problems.length).toBe(130_000);
      });

      it('reads every original if asked', async () => {
        await build();
        const [first, second, third] = images.map(({ sha256 }) => sha256).sort() as [string, string, string];
        unlinkSync(blobPath(config.paths.blobs, first));
        writeFileSync(blobPath(config.paths.blobs, second), 'short');
        const changed = readFileSync(blobPath(config.paths.blobs, third));
        changed[50] = (changed[50] ?? 0) ^ 1;
        writeFileSync(blobPath(config.paths.blobs, third), changed);
        expect(await verify()).toEqual([]);
        expect((await verify('current', true)).map(([file, problem]) => [file, problem])).toEqual([
          [first, 'the original is missing'],
          [second, expect.stringMatching(/^the original has 5 bytes, not \d+$/)],
          [third, 'the original was changed'],
        ]);
        for (const digest of [first, second, third]) {
          rmSync(blobPath(config.paths.blobs, digest), { force: true });
          execFileSync('mkfifo', [blobPath(config.paths.blobs, digest)]);
        }
        expect(new Set((await verify('current', true)).map(([, problem]) => problem))).toEqual(
          new Set(['the original is no plain file']),
        );
      });
    });

    describe('diff', () => {
      it('says what was added, removed and relabelled, and what was set otherwise', async () => {
        const [first, second] = images.map(({ sha256 }) => sha256) as [string, string];
        const before = await build({ size: 24 });
        const after = await build({ exclude: [`cluster:${first}`] });
        await database.executeSql(
          `update samples set class_name = 'c' where sha256 = '${second}' and build_id = '${after.record.id}'`,
        );
        const diff = await diffBuilds(database.db, 'p', ['previous', 'current']);
        expect(diff).toMatchObject({
          before: { id: before.record.id, sampleCount: 6 },
          after: { id: after.record.id, sampleCount: 5 },
          added: [],
          removed: [{ sha256: first, before: ['a'], after: [] }],
          relabelled: [{ sha256: second, before: ['b'], after: ['c'] }],
          classes: [
            { name: 'a', before: 3, after: 2 },
            { name: 'b', before: 3, after: 2 },
            { name: 'c', before: 0, after: 1 },
          ],
          outcomes: [{ name: 'excluded', before: 0, after: 1 }],
          settings: [
            { key: 'build.exclude', before: [], after: [`cluster:${first}`] },
            { key: 'build.size', before: 24, after: 32 },
          ],
        });
        expect(describeDiff(diff, true)).toEqual([
          `${before.record.id} -> ${after.record.id}: 6 -> 5 images; 0 added, 1 removed, 1 relabelled.`,
          `Digest ${before.record.digest} -> ${after.record.digest}.`,
          'class  before  after  change',
          'a           3      2      -1',
          'b           3      2      -1',
          'c           0      1      +1',
          'left out or folded  before  after  change',
          'excluded                 0      1      +1',
          `build.exclude: [] -> ["cluster:${first}"]`,
          'build.size: 24 -> 32',
          `- ${first} a`,
          `~ ${second} b -> c`,
        ]);
        const back = await diffBuilds(database.db, 'p', [after.record.id.slice(0, 8), before.record.id]);
        expect(back.added).toEqual([{ sha256: first, before: [], after: ['a'] }]);
        expect(describeDiff(await diffBuilds(database.db, 'p', ['current', 'current']), true)).toEqual([
          `${after.record.id} -> ${after.record.id}: 5 -> 5 images; 0 added, 0 removed, 0 relabelled.`,
          `The digest is the same: ${after.record.digest}.`,
        ]);
      });
    });

    it('says in a build and in a diff that classes have other numbers', async () => {
      const RENUMBERED = 'Classes renumbered (`cls` in the shards): a 0 -> 1, b 1 -> 0.';
      await build();
      const said: string[] = [];
      const turned = { ...config, classes: [...config.classes].reverse() };
      const telling = { ...io, log: (line: string) => void said.push(line) };
      for (const expected of [[RENUMBERED], []]) {
        await buildProject({ config: turned, db: database.db, io: telling });
        expect(said.splice(0)).toEqual(expected);
      }
      const diff = await diffBuilds(database.db, 'p', ['previous', 'current']);
      expect(diff).toMatchObject({
        relabelled: [],
        renumbered: [
          { name: 'a', before: 0, after: 1 },
          { name: 'b', before: 1, after: 0 },
        ],
      });
      expect(describeDiff(diff, false)).toContain(RENUMBERED);
    });

    describe('gc', () => {
      const DAY = 24 * 3600 * 1000;
      const gc = (more: Partial<GcOptions> = {}): Promise<GcResult> =>
        collectGarbage({
          ...{ config, db: database.db, io, keep: 1, isDryRun: false, isForced: false },
          ...{ nowMillis: Date.now(), isAlone: true },
          ...more,
        });
      const put = (file: string, text: string): string => {
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, text);
        return file;
      };
      const itemsOf = ({ freed }: GcResult) =>
        Object.fromEntries(Object.entries(freed).flatMap(([kind, { items }]) => (items > 0 ? [[kind, items]] : [])));

      /** The database, where somebody else does something once, after the first answer of a kind. */
      const after = (isMoment: (rows: readonly Row[]) => boolean, work: () => Promise<void>): GcOptions['db'] => {
        let isDone = false;
        return new Proxy(database.db, {
          get(target, key) {
            const value: unknown = Reflect.get(target, key, target);
            if (key !== 'execute') return typeof value === 'function' ? (value.bind(target) as unknown) : value;
            return async (query: string): Promise<unknown> => {
              const result = await target.execute(query);
              if (!isDone && isMoment((result as unknown as { rows: readonly Row[] }).rows)) {
                isDone = true;
                await work();
              }
              return result;
            };
          },
        });
      };

      it('refuses a database that does not know the project, or none of its files', async () => {
        const { directory } = await build();
        const unknown = put(path.join(config.paths.blobs, 'ff', 'f'.repeat(64)), 'unknown');
        const files = [unknown, directory, ...images.map(({ sha256 }) => blobPath(config.paths.blobs, sha256))];
        await database.reset();
        const refused = (message: string) => ({
          ...{ code: 'MISSING_INPUT', message: `${message}; nothing was removed`, exitCode: 1 },
          where: `embedded database ${path.join(config.paths.state, 'db')}, files in ${config.paths.root}`,
          next: expect.stringContaining('Set DATABASE_URL') as string,
        });
        const strange = refused('The database does not know the project "p"');
        await expect(gc()).rejects.toMatchObject(strange);
        await expect(gc({ isDryRun: true, isAlone: false })).rejects.toMatchObject(strange);
        await database.executeSql(`insert into projects (name) values ('p')`);
        // One image in common is not enough: it may have been imported since.
        await storeImages(database.db, config, images.slice(0, 1));
        const finished = refused(`The database does not know build ${path.basename(directory)} of "p"`);
        await expect(gc()).rejects.toMatchObject(finished);
        await expect(gc({ isDryRun: true })).rejects.toMatchObject(finished);
        expect(files.filter((file) => !existsSync(file))).toEqual([]);
        unlinkSync(path.join(directory, 'dataset.json'));
        const few = refused('The database knows only 1 of the 7 originals of "p"');
        await expect(gc()).rejects.toMatchObject(few);
        await expect(gc({ isDryRun: true })).rejects.toMatchObject(few);
        expect(files.filter((file) => !existsSync(file))).toEqual([]);
        expect(itemsOf(await gc({ isForced: true }))).toEqual({ 'unindexed builds': 1, originals: 6 });
      });

      it('removes some unknown originals and an unfinished build without being forced', async () => {
        const { directory } = await build();
        unlinkSync(path.join(directory, 'dataset.json'));
        await database.reset();
        await storeImages(database.db, config, images.slice(0, 3));
        expect(itemsOf(await gc())).toEqual({ 'unindexed builds': 1, originals: 3 });
      });

      it('has nothing to remove from empty folders', async () => {
        rmSync(config.paths.blobs, { recursive: true });
        expect(itemsOf(await gc())).toEqual({});
      });

      it('leaves a build that got its row since it looked', async () => {
        const first = await build({ size: 16 });
        await build();
        const { id } = first.record;
        for (const [table, key] of ['samples.build_id', 'exclusions.build_id', 'builds.id'].map((at) =>
          at.split('.'),
        )) {
          await database.executeSql(`delete from ${table} where ${key} = '${id}'`);
        }
        const db = after(
          (rows) => rows.length === 1 && Object.keys(rows[0] ?? {}).join() === 'id',
          async () => void (await build({ size: 16 })),
        );
        expect(itemsOf(await gc({ db, isForced: true }))).toEqual({});
        expect([existsSync(first.directory), (await listBuildUses(database.db, 'p'))[0]?.id]).toEqual([true, id]);
      });

      it('leaves files that came into use since it looked for them', async () => {
        const { blobs } = config.paths;
        const [adopted, touched, unused] = ['d', 'e', 'f'].map((digit) => digit.repeat(64)) as [string, string, string];
        const file = (digest: string): string => path.join(blobs, digest.slice(0, 2), digest);
        for (const digest of [adopted, touched, unused]) {
          put(file(digest), 'left over');
          utimesSync(file(digest), 0, (Date.now() - 2 * DAY) / 1000);
        }
        // What an import does between the search and the removal.
        const db = after(
          (rows) => rows.some(({ value }) => value === unused),
          async () => {
            utimesSync(file(touched), Date.now() / 1000, Date.now() / 1000);
            await recordTestCrawl(database.db, 'other', [
              { className: 'a', sha256: adopted, sizeBytes: 9, mime: 'image/png', width: 9, height: 9 },
            ]);
          },
        );
        expect(itemsOf(await gc({ db, isAlone: false, keep: 5 }))).toEqual({ originals: 1 });
        expect([adopted, touched, unused].map((digest) => existsSync(file(digest)))).toEqual([true, true, false]);
      });

      it('keeps builds that are current, used lately, or used by a split', async () => {
        const results = [];
        for (const size of [16, 20, 24, 28]) results.push(await build({ size }));
        const [split, old, recent, current] = results.map(({ record }) => record.id) as [
          string,
          string,
          string,
          string,
        ];
        await saveSplit(
          database.db,
          { id: 's', project: 'p', buildId: split, method: 'm', teacherDigest: 't', config: {}, counts: {} },
          [],
        );
        expect((await gc({ keep: 2 })).builds).toEqual([old]);
        expect(existsSync(path.join(config.paths.builds, old))).toBe(false);
        expect((await gc()).builds).toEqual([recent]);
        expect((await listBuildUses(database.db, 'p')).map(({ id }) => id)).toEqual([current, split]);
        expect(
          (await verifyProject({ config, db: database.db, io, build: 'previous', originals: true })).problems,
        ).toEqual([]);
        // What was removed can be made again.
        expect((await build({ size: 20 })).record.id).toBe(old);
      });

      it('removes what nothing refers to, says how much first, and finds nothing the second time', async () => {
        const { directory } = await build();
        const { builds, blobs, state } = config.paths;
        const unknown = 'f'.repeat(64);
        const sizes = [
          put(path.join(builds, 'aa.partial', 'train-000000.tar'), 'half a shard'),
          put(path.join(builds, 'b'.repeat(16), 'train-000000.tar'), 'no row'),
          put(path.join(directory, 'pixels-32.rgb'), 'pixels'),
          put(path.join(directory, `pixels-32.rgb.${2 ** 30}.tmp`), 'pix'),
          put(path.join(blobs, 'ff', unknown), 'unknown'),
          put(path.join(blobs, 'ff', `${unknown}.host.1.1.tmp`), 'unk'),
          put(path.join(state, 'answers', 'ff', unknown), 'answer'),
          put(path.join(state, 'held-out', '0123456789abcdef.json'), '[]'),
          put(path.join(state, 'held-out', '.x.json.1-1.tmp'), '['),
          put(path.join(state, 'columns', `${'b'.repeat(16)}-none.bin`), 'columns'),
          put(path.join(state, 'layouts', `${'b'.repeat(16)}.bin`), 'layout'),
          put(path.join(state, ENCODING_CACHE, '0123456789abcdef', 'a.tar'), 'encoded'),
        ].map((file) => ({ file, bytes: readFileSync(file).length }));
        const kept = put(path.join(blobs, 'ff', 'notes.txt'), 'of a person');
        const beingWritten = put(path.join(directory, `pixels-64.rgb.${process.pid}.tmp`), 'pix');
        put(path.join(builds, 'of-a-person', 'notes.txt'), 'notes');
        put(path.join(state, 'columns', `${path.basename(directory)}-none.bin`), 'columns of a data set that stays');
        put(path.join(state, 'layouts', `${path.basename(directory)}.bin`), 'layout of a data set that stays');
        const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
        const bytesOf = ({ freed }: GcResult) => Object.values(freed).reduce((sum, { bytes }) => sum + bytes, 0);
        const dry = await gc({ isDryRun: true });
        expect(itemsOf(dry)).toEqual({
          ...{ 'working folders': 1, 'unindexed builds': 1, 'pixel caches': 1, originals: 1, answers: 1 },
          ...{ 'test set caches': 1, columns: 1, layouts: 1, 'encoded images': 1, 'temporary files': 3 },
        });
        expect([bytesOf(dry), sizes.every(({ file }) => existsSync(file))]).toEqual([total, true]);
        const wet = await gc();
        expect(wet.freed).toEqual(dry.freed);
        expect(sizes.filter(({ file }) => existsSync(file))).toEqual([]);
        expect([itemsOf(await gc()), existsSync(kept), existsSync(beingWritten)]).toEqual([{}, true, true]);
        expect(
          (await verifyProject({ config, db: database.db, io, build: 'current', originals: true })).problems,
        ).toEqual([]);
      });

      it('leaves young files on a shared database, and whatever is being worked on', async () => {
        const { directory } = await build();
        const { builds, blobs, runs } = config.paths;
        const old = put(path.join(blobs, 'ff', 'f'.repeat(64)), 'old');
        const young = put(path.join(blobs, 'ff', `${'f'.repeat(63)}e`), 'a row will follow');
        utimesSync(old, 0, (Date.now() - 2 * DAY) / 1000);
        put(path.join(builds, 'aa.partial', 'train-000000.tar'), 'half a shard');
        const pixels = put(path.join(directory, 'pixels-32.rgb'), 'pixels');
        mkdirSync(runs, { recursive: true });
        const release = await acquireLock(path.join(runs, 'train.lock'), 'winnow train');
        expect(itemsOf(await gc({ isAlone: false }))).toEqual({ originals: 1 });
        expect([old, young, pixels].map((file) => existsSync(file))).toEqual([false, true, true]);
        await release();
        const writing = await acquireLock(path.join(builds, 'aa.lock'), 'winnow build');
        expect(itemsOf(await gc())).toEqual({ 'pixel caches': 1, originals: 1 });
        await writing();
        expect(itemsOf(await gc())).toEqual({ 'working folders': 1 });
      });

      it('removes the checkpoints of finished runs, and nothing else of runs', async () => {
        await build();
        const run = (
          name: string,
          status: string,
          project = 'p',
          { files = ['student.safetensors'], weights }: { files?: readonly string[]; weights?: string } = {},
        ) => {
          const folder = path.join(config.paths.runs, name);
          const sha256 = createHash('sha256')
            .update(weights ?? '')
            .digest('hex');
          const recorded = weights === undefined ? null : { name: 'student.safetensors', sizeBytes: 7, sha256 };
          put(path.join(folder, 'state.json'), JSON.stringify({ identity: name, status }));
          put(
            path.join(folder, 'manifest.json'),
            JSON.stringify({ identity: name, project, buildDigest: 'x', weights: recorded }),
          );
          for (const file of ['config.json', 'summary.json']) put(path.join(folder, file), '{}');
          for (const file of files) put(path.join(folder, file), 'weights');
          return put(path.join(folder, 'checkpoints', 'step-000000008.bin'), 'a hundred bytes'.padEnd(100));
        };
        const done = run('done', 'finished');
        const sound = run('sound', 'finished', 'p', { weights: 'weights' });
        const kept = [
          run('half', 'running'),
          run('other', 'finished', 'q'),
          run('bare', 'finished', 'p', { files: [] }),
          run('flipped', 'finished', 'p', { weights: 'weighTs' }),
        ];
        expect((await gc({ isDryRun: true })).freed['checkpoints']).toEqual({ items: 2, bytes: 200 });
        expect(existsSync(done)).toBe(true);
        expect(itemsOf(await gc())).toEqual({ checkpoints: 2 });
        expect([done, sound, ...kept].map((file) => existsSync(file))).toEqual([
          ...[false, false],
          ...Array<boolean>(4).fill(true),
        ]);
        expect(existsSync(path.join(config.paths.runs, 'done/student.safetensors'))).toBe(true);
        expect(itemsOf(await gc())).toEqual({});
      });

      it('takes up a removal that was killed between rows and folder', async () => {
        const first = await build({ size: 16 });
        await build();
        await database.executeSql(`delete from samples where build_id = '${first.record.id}'`);
        await database.executeSql(`delete from exclusions where build_id = '${first.record.id}'`);
        await database.executeSql(`delete from builds where id = '${first.record.id}'`);
        await expect(gc()).rejects.toMatchObject({ code: 'MISSING_INPUT' });
        unlinkSync(path.join(first.directory, 'dataset.json'));
        expect(itemsOf(await gc())).toEqual({ 'unindexed builds': 1 });
        expect(existsSync(first.directory)).toBe(false);
      });

      it('prefers to remove builds with forgotten images, and names those that stay', async () => {
        const first = await build({ size: 16 });
        const second = await build();
        await forgetImages(database.db, 'p', { urls: [], hosts: [], digests: [images[0]?.sha256 ?? ''] });
        const result = await gc({ keep: 5 });
        expect(result.builds).toEqual([first.record.id]);
        expect(result.holding.map(({ id, forgottenSamples }) => [id, forgottenSamples])).toEqual([
          [second.record.id, 1],
        ]);
        // A file of an image that was forgotten is no longer known.
        expect(itemsOf(result)).toEqual({ builds: 1, originals: 1 });
      });
    });
  });
});
