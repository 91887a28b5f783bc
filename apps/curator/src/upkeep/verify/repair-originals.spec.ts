import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadProject } from '@winnow/config';
import type { ProjectConfig } from '@winnow/config';
import type { CommandIo } from '@winnow/contracts';
import { dueFetches, listOriginalFiles, openProjectDatabase } from '@winnow/db';
import { createTestDatabase, databasesUnderTest } from '@winnow/db/testing';
import type { TestDatabase } from '@winnow/db/testing';
import { recordImport } from '@winnow/runs';
import { blobPath } from '@winnow/store';
import { tarBytes } from '@winnow/testing';
import { buildProject } from '../../build/build-project';
import { runVerify } from '../../commands/run-verify';
import { importImages } from '../../import/import-images';
import { openSource } from '../../import/sources/open-source';
import { runImport } from '../../import/run-import';
import { noiseImage, scratchFolder } from '../../import/spec-support/scratch-folder';
import type { ScratchFolder } from '../../import/spec-support/scratch-folder';
import { writeProject } from '../../import/write-project';
import { drawImages, storeImages, writeProject as writeCrawlProject } from '../../spec-support/drawn-project';
import { verifyProject } from './verify-project';

const said: string[] = [];
const io = {
  log: (line: string) => void said.push(line),
  progress: { start: () => ({ update: () => undefined, end: () => undefined }) },
  signal: new AbortController().signal,
};
let folder: ScratchFolder;

interface Original {
  readonly sha256: string;
  readonly file: string;
}

/** One bit of a file. */
function flip(file: string): void {
  const bytes = readFileSync(file);
  bytes[60] = (bytes[60] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

/** Folders in a folder until no path names the last one: root, too, is refused it. @returns takes half of them out again */
function makeTooDeep(root: string, half: string): () => void {
  const below = (top: string): string => path.join(top, ...Array.from({ length: 10 }, () => 'd'.repeat(205)));
  for (const top of [root, half]) mkdirSync(below(top), { recursive: true });
  const moved = path.join(below(root), 'half');
  renameSync(half, moved);
  return () => renameSync(moved, half);
}

beforeEach(() => {
  said.length = 0;
  folder = scratchFolder();
});
afterEach(() => folder.remove());

describe.each(databasesUnderTest(process.env).filter(({ available }) => available))('repair ($name)', ({ url }) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase(url);
  });
  afterAll(() => database.close());
  beforeEach(() => database.reset());

  async function importInto(source: string): Promise<ProjectConfig> {
    const options = { classes: null, projectClasses: null, maxBytes: 100_000 };
    const opened = await openSource(source, options);
    const file = path.join(folder.path, 'p.yaml');
    if (!existsSync(file)) await writeProject(file, opened, { where: source });
    const config = await loadProject(file, { cwd: folder.path, env: {} });
    const about = { project: 'p', source: opened.name, kind: opened.kind, refused: {} };
    await recordImport(config.paths.state, { ...about, origin: { path: source, options } });
    await importImages({ config, db: database.db, source: opened, io });
    return config;
  }
  const repair = (config: ProjectConfig) =>
    verifyProject({ config, db: database.db, io, build: 'current', originals: false, repair: true });
  const originalsOf = async (config: ProjectConfig) =>
    (await listOriginalFiles(database.db, config.name)).map(({ sha256 }) => ({
      sha256,
      file: blobPath(config.paths.blobs, sha256),
    }));

  it('brings back from its sources what is gone, was changed or is another image, before there is a build', async () => {
    const source = path.join(folder.path, 'set');
    for (const seed of [1, 2, 3, 4])
      folder.write(`set/${seed % 2 === 0 ? 'cat' : 'dog'}/${seed}.png`, await noiseImage(seed));
    const config = await importInto(source);
    const [gone, flipped, swapped, sound] = (await originalsOf(config)) as [Original, Original, Original, Original];
    const before = [gone, flipped, swapped, sound].map(({ file }) => readFileSync(file));
    rmSync(gone.file);
    flip(flipped.file);
    writeFileSync(swapped.file, await noiseImage(9));
    const result = await repair(config);
    expect(result).toMatchObject({ id: null, originals: 4, problems: [] });
    expect(result.repair).toEqual({
      restored: [gone, flipped, swapped].map(({ sha256 }) => sha256),
      due: [],
      lost: [],
    });
    expect([gone, flipped, swapped, sound].map(({ file }) => readFileSync(file))).toEqual(before);
    expect((await repair(config)).repair).toBeNull();

    renameSync(source, `${source} elsewhere`);
    flip(flipped.file);
    const left = await repair(config);
    expect(left.repair).toEqual({ restored: [], due: [], lost: [flipped.sha256] });
    expect(left.problems).toMatchObject([{ file: flipped.file, kind: 'original' }]);
    expect(said).toEqual([expect.stringContaining(`Not read again: ${source}`)]);
  });

  it('reads every source of one name again, and passes over damaged records of imports', async () => {
    for (const [seed, location] of ['x', 'y'].entries()) {
      for (const name of ['cat', 'dog']) {
        const image = await noiseImage(10 * seed + name.charCodeAt(0));
        folder.write(`${location}/pics/${name}/${location}.png`, image);
      }
      await importInto(path.join(folder.path, location, 'pics'));
    }
    const config = await loadProject(path.join(folder.path, 'p.yaml'), { cwd: folder.path, env: {} });
    folder.write('.winnow/imports/damaged.json', '{"project":"p"}');
    const about = { project: 'p', source: 'bare', kind: 'folder', refused: {}, origin: { path: 'pics' } };
    folder.write('.winnow/imports/bare.json', JSON.stringify(about));
    const all = await originalsOf(config);
    for (const { file } of all) rmSync(file);
    expect((await repair(config)).repair).toMatchObject({ restored: all.map(({ sha256 }) => sha256), lost: [] });
    expect([all.length, said]).toEqual([4, []]);
  });

  it('makes URLs due whose copies it cannot restore', async () => {
    const config = await writeCrawlProject(folder.path);
    await storeImages(database.db, config, await drawImages(3));
    const [first, second] = (await originalsOf(config)) as [Original, Original];
    flip(first.file);
    rmSync(second.file);
    expect(await dueFetches(database.db, 'p', new Date())).toEqual([]);
    expect((await repair(config)).repair).toEqual({
      ...{ restored: [], lost: [] },
      due: [first.sha256, second.sha256],
    });
    const due = await dueFetches(database.db, 'p', new Date());
    expect(due.map(({ sha256 }) => sha256).sort()).toEqual([first.sha256, second.sha256]);
  });

  it('brings images of worlds back from the builds that hold them', async () => {
    const pool = Object.fromEntries(
      await Promise.all([1, 2].map(async (n) => [`t/${n}.png`, await noiseImage(n, 16)])),
    );
    folder.write('far.tar', tarBytes(pool as Record<string, Buffer>));
    const world = { name: 'w', classes: ['b', 'a'], size: 16, images: ['../far.tar'], pool: 'pool.csv' };
    folder.write('w/world.json', JSON.stringify(world));
    folder.write('w/pool.csv', 'path,given\nt/2.png,a\nt/1.png,b\n');
    const config = await importInto(path.join(folder.path, 'w'));
    await buildProject({ config, db: database.db, io });
    rmSync(path.join(folder.path, 'far.tar'));
    const [first] = (await originalsOf(config)) as [Original];
    flip(first.file);
    const result = await repair(config);
    expect([result.problems, result.repair?.restored]).toEqual([[], [first.sha256]]);

    // A source that the file system refuses is told, and builds are searched all the same.
    const source = path.join(folder.path, 'set');
    const options = { classes: null, projectClasses: null, maxBytes: 100_000 };
    const about = { project: 'p', source: 'set', kind: 'folder' as const, refused: {} };
    await recordImport(config.paths.state, { ...about, origin: { path: source, options } });
    const takeBack = makeTooDeep(source, path.join(folder.path, 'moved'));
    flip(first.file);
    expect((await repair(config).finally(takeBack)).repair?.restored).toEqual([first.sha256]);
    expect(said).toContainEqual(expect.stringMatching(/^Not read again: .*set\. ENAMETOOLONG/));
  });
});

it('does so by the commands, with an exit code and a line for what is left', async () => {
  for (const seed of [1, 2]) folder.write(`set/${seed === 1 ? 'cat' : 'dog'}/${seed}.png`, await noiseImage(seed));
  const commandIo = { ...io, cwd: folder.path, env: {} } as unknown as CommandIo;
  await runImport({ arguments: { project: 'p.yaml', source: 'set' }, options: {} }, commandIo);
  const config = await loadProject('p.yaml', { cwd: folder.path, env: {} });
  const verify = (options: Record<string, boolean>) =>
    runVerify({ arguments: { project: 'p.yaml' }, options }, commandIo);
  expect(await verify({ originals: true })).toMatchObject({ exitCode: 0 });
  const source = readFileSync(path.join(folder.path, 'set/cat/1.png'));
  const file = blobPath(config.paths.blobs, createHash('sha256').update(source).digest('hex'));
  flip(file);
  const found = await verify({ originals: true });
  expect(found.exitCode).toBe(1);
  expect(found.text?.join('\n')).toContain(`${file}: the original was changed`);
  expect(found.text?.join('\n')).toContain('winnow verify PROJECT --repair');
  const repaired = await verify({ repair: true });
  expect(repaired).toMatchObject({ exitCode: 0, json: { sound: true, originals: 2 } });
  expect(repaired.text?.slice(0, 2)).toEqual(['Restored 1 original.', 'Sound: 2 originals.']);

  // The build, with a changed shard, is all that is left of an image.
  const database = await openProjectDatabase(config, { holder: 'a spec' }, io);
  const { record } = await buildProject({ config, db: database.db, io }).finally(() => database.close());
  const shards = path.join(config.paths.builds, record.id);
  for (const name of readdirSync(shards).filter((entry) => entry.endsWith('.tar'))) flip(path.join(shards, name));
  rmSync(path.join(folder.path, 'set'), { recursive: true });
  rmSync(file);
  const { text } = await verify({ repair: true });
  expect(text?.join('\n')).toContain('1 original could not be restored');
  expect(text?.join('\n')).toMatch(/^Keep the build, damaged as it is/m);
  expect(text?.join('\n')).not.toMatch(/^Remove dataset\.json/m);
});
