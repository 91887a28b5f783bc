import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ProjectConfig } from '@winnow/config';
import {
  listExclusions,
  listFinishedRuns,
  listSamples,
  listSplitSamples,
  openProjectDatabase,
  projectStatus,
  saveRun,
  saveSplit,
} from '@winnow/db';
import type { BuildRecord, DatabaseHandle, RunRow } from '@winnow/db';
import { decodeImage, encodeJpeg } from '@winnow/imaging';
import { blobPath } from '@winnow/store';
import { buildProject } from '../../build/build-project';
import { runRescue } from '../../commands/run-rescue';
import { drawImages, storeImages, writeProject } from '../../spec-support/drawn-project';
import type { DrawnImage } from '../../spec-support/drawn-project';
import { verifyProject } from '../verify/verify-project';
import { rescueProject } from './rescue-project';

const silent = { update: () => undefined, end: () => undefined };
const io = {
  cwd: '/',
  env: {},
  log: () => undefined,
  progress: { start: () => silent },
  signal: new AbortController().signal,
};

let folder: string;
let config: ProjectConfig;
/** Paths below the database's folder: of the table of hits, and of those of rows of builds and splits. */
let hitsFile: string;
let rowFiles: readonly string[];
/** Likewise of that of what builds left out. */
let exclusionsFile: string;
let images: readonly DrawnImage[];
let built: BuildRecord;
let contents: Contents;

/** What commands read of the database. */
interface Contents {
  readonly samples: readonly unknown[];
  readonly exclusions: readonly unknown[];
  readonly splitRows: readonly unknown[];
  readonly runs: readonly RunRow[];
}

const open = (): Promise<DatabaseHandle> => openProjectDatabase(config, { holder: 'a spec', create: false }, io);
const inState = (...parts: string[]): string => path.join(config.paths.state, ...parts);

async function withDatabase<T>(work: (handle: DatabaseHandle) => Promise<T>): Promise<T> {
  const handle = await open();
  return work(handle).finally(() => handle.close());
}

const readContents = ({ db }: DatabaseHandle): Promise<Contents> =>
  Promise.all([
    listSamples(db, built.id),
    listExclusions(db, built.id),
    listSplitSamples(db, 'split'),
    listFinishedRuns(db, 'p', built.id),
  ]).then(([samples, exclusions, splitRows, runs]) => ({ samples, exclusions, splitRows, runs }));

/** The same image in another file: the build folds it. */
async function copyOf({ className, bytes }: DrawnImage): Promise<DrawnImage> {
  const decoded = await decodeImage(bytes, { maxPixels: 1e6, minSide: 1, maxAspectRatio: 9 });
  if (!decoded.ok) throw new Error(decoded.detail);
  const copy = await encodeJpeg(decoded.image, 92);
  return { className, bytes: copy, sha256: createHash('sha256').update(copy).digest('hex') };
}

async function storeRun({ db }: DatabaseHandle): Promise<void> {
  const rows = contentsRows();
  await saveSplit(
    db,
    {
      id: 'split',
      project: 'p',
      buildId: built.id,
      method: 'winnow',
      teacherDigest: 't',
      config: {},
      counts: { clean: 1 },
    },
    rows,
  );
  const summary = { method: 'kd', model: 'resnet8', seed: 1 } as RunRow['summary'];
  const run = { identity: 'i', project: 'p', method: 'kd', seed: 1 };
  await saveRun(db, { ...run, folder: 'run', buildId: built.id, splitId: 'split', model: 'resnet8', summary });
  const runFolder = path.join(config.paths.runs, 'run');
  mkdirSync(runFolder, { recursive: true });
  const write = (name: string, value: unknown): void =>
    writeFileSync(path.join(runFolder, name), JSON.stringify(value));
  write('state.json', { identity: 'i', status: 'finished' });
  write('manifest.json', { ...run, buildDigest: built.digest });
  write('config.json', { student: 'resnet8', split: 'split' });
  write('summary.json', summary);
}

function contentsRows() {
  const probabilities = { cleanProbability: 1, closedProbability: 0, openProbability: 0 };
  return [{ key: '000000000', kind: 'clean' as const, ...probabilities, refinedLabel: 0, score: 0.5 }];
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-rescue-'));
  config = await writeProject(path.join(folder, 'whole'), 'build: { shardSamples: 4 }\n');
  const drawn = await drawImages(6);
  images = [...drawn, await copyOf(drawn[0] as DrawnImage)];
  const handle = await openProjectDatabase(config, { holder: 'a spec' }, io);
  await storeImages(handle.db, config, images);
  built = (await buildProject({ config, db: handle.db, io })).record;
  await storeRun(handle);
  contents = await readContents(handle);
  const { rows } = await handle.executeSql(
    "select pg_relation_filepath(name) as file from unnest(array['hits', 'exclusions', 'samples', 'split_samples']) name",
  );
  [hitsFile = '', exclusionsFile = '', ...rowFiles] = rows.map(({ file }) => String(file));
  await handle.close();
  expect(contents.exclusions.length).toBeGreaterThan(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => {
  const copy = mkdtempSync(path.join(folder, 'copy-'));
  cpSync(path.join(folder, 'whole'), copy, { recursive: true });
  config = await writeProject(copy, 'build: { shardSamples: 4 }\n');
});

const overwrite = (file: string, at: number): void => {
  const bytes = readFileSync(file);
  bytes.fill(0xff, at, at + 8);
  writeFileSync(file, bytes);
};
const walFiles = (): string[] =>
  readdirSync(inState('db', 'pg_wal'))
    .filter((name) => /^[\dA-F]{24}$/.test(name))
    .map((name) => inState('db', 'pg_wal', name));

const DAMAGES: readonly (readonly [string, () => void])[] = [
  ['PG_VERSION is removed', () => rmSync(inState('db', 'PG_VERSION'))],
  ['the folder is removed', () => rmSync(inState('db'), { recursive: true })],
  ['bytes of pg_control are changed', () => overwrite(inState('db', 'global', 'pg_control'), 16)],
  ['pg_control is emptied', () => writeFileSync(inState('db', 'global', 'pg_control'), '')],
  ['the log is cut', () => walFiles().forEach((file) => writeFileSync(file, readFileSync(file).subarray(0, 1000)))],
  ["a table's file is removed", () => rmSync(inState('db', hitsFile))],
  ["a table's file is emptied", () => writeFileSync(inState('db', hitsFile), '')],
  ["bytes of a table's file are changed", () => overwrite(inState('db', hitsFile), 8100)],
];

describe('a damaged embedded database', () => {
  it.each(DAMAGES)('is told and rescued where %s', async (_name, damage) => {
    damage();
    const error: unknown = await open().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'DATABASE_DAMAGED',
      where: inState('db'),
      message: expect.not.stringMatching(/Aborted|ASSERTIONS|initialize properly/),
      next: expect.stringMatching(/not touched.*winnow db rescue/),
    });
    const before = existsSync(inState('db')) ? readdirSync(inState('db')).sort() : null;
    const { damaged, registered } = await rescueProject(config, io);
    expect(registered.originals).toMatchObject({ unlisted: 0, damaged: [] });
    expect(damaged === null ? null : readdirSync(damaged).sort()).toEqual(before);
    await withDatabase(async (handle) => {
      expect(await readContents(handle)).toEqual(contents);
      expect(await projectStatus(handle, 'p', new Date())).toMatchObject({ images: 7, runs: 1, splits: 1 });
      const again = await buildProject({ config, db: handle.db, io });
      expect(again).toMatchObject({ reused: true, record: { id: built.id, digest: built.digest } });
      const verified = await verifyProject({ config, db: handle.db, io, build: 'current', originals: true });
      expect(verified).toMatchObject({ problems: [], originals: 7 });
    });
  });

  it('is rescued again where a rescue was killed, before or between its last steps', async () => {
    cpSync(inState('db'), inState('db.rescue'), { recursive: true });
    rmSync(inState('db.rescue', 'base'), { recursive: true });
    rmSync(inState('db', 'global', 'pg_control'));
    await rescueProject(config, io);
    await withDatabase(async (handle) => expect(await readContents(handle)).toEqual(contents));
    cpSync(inState('db'), inState('db.rescue'), { recursive: true });
    rmSync(inState('db'), { recursive: true });
    await rescueProject(config, io);
    await withDatabase(async (handle) => expect(await readContents(handle)).toEqual(contents));
    expect(readdirSync(config.paths.state).filter((name) => /rescue|reading|lock/.test(name))).toEqual([]);
  });
});

const rescue = () => runRescue({ arguments: { project: config.paths.file }, options: {} }, io);

describe('a database that comes back in part', () => {
  it('says what is lost where the copy is cut', async () => {
    rmSync(inState('db'), { recursive: true });
    truncateSync(inState('db-rows.gz'), Math.floor(readFileSync(inState('db-rows.gz')).length * 0.6));
    const { exitCode, text } = await rescue();
    expect(exitCode).toBe(3);
    expect(text.join('\n')).toMatch(/Lost, where there was any: .*left out.*splits \(/);
    expect(text.join('\n')).toMatch(/The copy was damaged, too; it is kept in .*db-rows\.gz\.damaged-/);
    await withDatabase(async (handle) => {
      const { samples, runs } = await readContents(handle);
      expect({ samples, runs }).toEqual({ samples: contents.samples, runs: contents.runs });
    });
  });

  it('takes rows of samples from the data set, and keeps no split that lacks rows', async () => {
    for (const file of rowFiles) rmSync(inState('db', file));
    rmSync(inState('db-rows.gz'));
    const { exitCode, text } = await rescue();
    expect(exitCode).toBe(3);
    expect(text.join('\n')).toMatch(/Lost, where there was any: splits/);
    await withDatabase(async (handle) => {
      expect(await readContents(handle)).toEqual({ ...contents, exclusions: [], splitRows: [] });
      expect(await projectStatus(handle, 'p', new Date())).toMatchObject({ splits: 0, runs: 1 });
      const again = await buildProject({ config, db: handle.db, io });
      expect(again).toMatchObject({ record: { id: built.id, digest: built.digest } });
      expect(await readContents(handle)).toEqual({ ...contents, splitRows: [] });
    });
  });
});

describe('a split of a data set whose exclusions are lost', () => {
  const cleanBuild = async ({ db }: DatabaseHandle): Promise<readonly string[]> => {
    const logged: string[] = [];
    const labels = { ...config, build: { ...config.build, where: 'kind = clean' } };
    await buildProject({ config: labels, db, io: { ...io, log: (line: string) => void logged.push(line) } });
    return logged;
  };

  it('is not called older than images that had been left out, and asks for the build that finds them', async () => {
    await withDatabase(async (handle) => expect((await cleanBuild(handle)).join('\n')).not.toMatch(/newer/));
    rmSync(inState('db', exclusionsFile));
    rmSync(inState('db-rows.gz'));
    const { text } = await rescue();
    expect(text.join('\n')).toMatch(/Lost, where there was any: what data sets left out/);
    await withDatabase(async (handle) => {
      const remarks = (await cleanBuild(handle)).join('\n');
      expect(remarks).not.toMatch(/original is newer|originals are newer/);
      expect(remarks).toMatch(new RegExp(`what the data set ${built.id} left out was lost.*Run .winnow build`));
      await buildProject({ config, db: handle.db, io });
      expect(await readContents(handle)).toEqual(contents);
      expect((await cleanBuild(handle)).join('\n')).not.toMatch(/newer/);
    });
  });
});

describe('a database of which only originals, data sets and runs are left', () => {
  beforeEach(() => {
    rmSync(inState('db'), { recursive: true });
    rmSync(inState('db-rows.gz'));
  });
  it('gets them back, and says what is lost', async () => {
    writeFileSync(blobPath(config.paths.blobs, images[1]?.sha256 ?? ''), 'changed');
    const { exitCode, text } = await rescue();
    expect(exitCode).toBe(3);
    expect(text.join('\n')).toMatch(/6 listings|7 listings/);
    expect(text.join('\n')).toMatch(/Lost, where there was any: .*left out.*splits/);
    expect(text.join('\n')).toMatch(/1 originals are without a listing/);
    expect(text.join('\n')).toMatch(/1 originals are damaged: /);
    await withDatabase(async (handle) => {
      const { samples, exclusions, splitRows, runs } = await readContents(handle);
      expect({ samples, runs }).toEqual({ samples: contents.samples, runs: contents.runs });
      expect({ exclusions, splitRows }).toEqual({ exclusions: [], splitRows: [] });
    });
  });

  it('builds the same data set again where nothing was folded or left out of it', async () => {
    const root = path.join(config.paths.root, 'plain');
    config = await writeProject(root, 'build: { shardSamples: 4 }\n');
    const first = await openProjectDatabase(config, { holder: 'a spec' }, io);
    await storeImages(first.db, config, images.slice(0, 6));
    const { record } = await buildProject({ config, db: first.db, io }).finally(() => first.close());
    rmSync(inState('db'), { recursive: true });
    rmSync(inState('db-rows.gz'));
    await rescue();
    await withDatabase(async (handle) => {
      const again = await buildProject({ config, db: handle.db, io });
      expect(again.record).toEqual({ ...record });
      expect((await buildProject({ config, db: handle.db, io })).reused).toBe(true);
    });
  });
});

describe('commands that only read', () => {
  it('make nothing where nothing is', async () => {
    config = await writeProject(path.join(config.paths.root, 'new'));
    await withDatabase(async (handle) => {
      expect(await projectStatus(handle, 'p', new Date())).toMatchObject({ images: 0, builds: [] });
    });
    expect(readdirSync(config.paths.root)).toEqual(['p.yaml']);
  });
});
