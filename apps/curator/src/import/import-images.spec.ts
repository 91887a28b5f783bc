import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadProject } from '@winnow/config';
import type { ProjectConfig } from '@winnow/config';
import { dueFetches, forgetImages, listProjectImages } from '@winnow/db';
import { createTestDatabase, databasesUnderTest } from '@winnow/db/testing';
import type { TestDatabase } from '@winnow/db/testing';
import { tarBytes } from '@winnow/testing';
import { newCounts } from './import-counts';
import type { ImportCounts } from './import-counts';
import { importImages } from './import-images';
import { importExitCode, importReport } from './import-report';
import { openSource } from './sources/open-source';
import { runImport } from './run-import';
import { noiseImage, scratchFolder } from './spec-support/scratch-folder';
import type { ScratchFolder } from './spec-support/scratch-folder';
import { writeProject } from './write-project';

const progress = { start: () => ({ update: () => undefined, end: () => undefined }) };
let folder: ScratchFolder;
let database: TestDatabase;
let config: ProjectConfig;

/** Writes the project of a source, where there is none, and imports. */
async function importInto(source: string, signal = new AbortController().signal) {
  const opened = await openSource(source, { classes: null, projectClasses: null, maxBytes: 100_000 });
  const file = path.join(folder.path, 'p.yaml');
  if (!existsSync(file)) await writeProject(file, opened, { where: source });
  config = await loadProject(file, { cwd: folder.path, env: {} });
  const counts = await importImages({ config, db: database.db, source: opened, io: { progress, signal } });
  return importReport(counts, { file: 'p.yaml', source: opened, created: false, buildSize: config.build.size });
}

async function stored() {
  const images = await listProjectImages(database.db, 'p');
  return images
    .flatMap(({ sha256, pdqQuality, provenance }) =>
      provenance.map(({ engine, query, className, imageUrl, page, rank }) => ({
        place: `${engine} ${query} ${className} ${imageUrl} ${page}.${rank}`,
        isThere: pdqQuality !== null && existsSync(path.join(config.paths.blobs, sha256.slice(0, 2), sha256)),
      })),
    )
    .map(({ place: location, isThere }) => (isThere ? location : `missing: ${location}`))
    .sort();
}

it('ends with 3 where something could not be used, with 1 where nothing was imported', () => {
  const code = (change: Partial<ImportCounts>) => importExitCode({ ...newCounts(), ...change });
  expect([code({ added: 1 }), code({ known: 1 }), code({ forgotten: 1 })]).toEqual([0, 0, 0]);
  expect(code({ known: 1, outcomes: new Map([['gone', 1]]) })).toBe(3);
  expect(code({ added: 1, otherClasses: new Map([['bird', 1]]) })).toBe(3);
  expect([code({}), code({ outcomes: new Map([['gone', 1]]) })]).toEqual([1, 1]);
});

describe.each(databasesUnderTest(process.env).filter(({ available }) => available))('import ($name)', ({ url }) => {
  beforeAll(async () => {
    database = await createTestDatabase(url);
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.reset();
    folder = scratchFolder();
    for (const [name, seed] of Object.entries({ 'cat/1.png': 1, 'cat/2 ü.png': 2, 'dog/3.png': 3 })) {
      folder.write(`set/${name}`, await noiseImage(seed));
    }
  });
  afterEach(() => folder.remove());

  const ALL = [
    'import set cat import:set/cat/1.png 1.1',
    'import set cat import:set/cat/2%20%C3%BC.png 1.2',
    'import set dog import:set/dog/3.png 1.3',
  ];
  const set = () => path.join(folder.path, 'set');

  it('takes a folder in, once', async () => {
    expect((await importInto(set())).json).toMatchObject({ added: 3, known: 0, kind: 'folder', outcomes: {} });
    expect(await stored()).toEqual(ALL);
    expect((await importInto(set())).json).toMatchObject({ added: 0, known: 3 });
    expect(await stored()).toEqual(ALL);
  });

  it('takes another image of the same name for itself: each with its own licence, and forgotten alone', async () => {
    const table = (...facts: readonly string[]): string =>
      `path,class,license,creator\n1.png,cat,${facts.join()}\n2.png,dog,${facts.join()}\n`;
    folder.write('ann/metadata.csv', table('CC0', 'Ann'));
    folder.write('bob/metadata.csv', table('CC BY-NC-ND 4.0', 'Bob'));
    for (const [seed, name] of ['ann/1', 'ann/2', 'bob/1', 'bob/2'].entries()) {
      folder.write(`${name}.png`, await noiseImage(20 + seed));
    }
    for (const time of [1, 2]) {
      for (const name of ['ann', 'bob']) {
        const { json } = await importInto(path.join(folder.path, name, 'metadata.csv'));
        expect([name, json['added'], json['known']]).toEqual(time === 1 ? [name, 2, 0] : [name, 0, 2]);
      }
    }
    const { rows } = await database.executeSql(
      'select h.creator, h.license, s.sha256 from sightings s join hits h on h.id = s.hit_id order by 1, h.class_name',
    );
    expect(rows.map(({ creator, license }) => [creator, license])).toEqual([
      ...Array<unknown>(2).fill(['Ann', 'CC0']),
      ...Array<unknown>(2).fill(['Bob', 'CC BY-NC-ND 4.0']),
    ]);
    const [first, ...others] = rows.map(({ sha256 }) => String(sha256));
    await forgetImages(database.db, 'p', { urls: [], hosts: [], digests: [first as string] });
    const left = (await database.executeSql('select sha256 from sightings')).rows.map(({ sha256 }) => String(sha256));
    expect(left.sort()).toEqual(others.sort());
    expect((await importInto(path.join(folder.path, 'bob', 'metadata.csv'))).json).toMatchObject({ known: 2 });
  });

  it('counts and lists what does not decode, what is too large and what has another class', async () => {
    await importInto(set());
    folder.write('set/dog/4.png', 'no image');
    folder.write('set/dog/5.png', (await noiseImage(5)).subarray(0, 900));
    folder.write('set/dog/6.png', Buffer.alloc(100_001));
    folder.write('set/bird/7.png', await noiseImage(7));
    const { json, text } = await importInto(set());
    expect(json).toMatchObject({
      added: 0,
      known: 3,
      otherClasses: { bird: 1 },
      outcomes: { not_an_image: 1, truncated: 1, too_large: 1 },
    });
    expect((json['refused'] as { place: string }[]).map(({ place: location }) => location).sort()).toEqual(
      ['dog/4.png', 'dog/5.png', 'dog/6.png'].sort(),
    );
    expect(text.join('\n')).toContain('bird 1');
    expect(await stored()).toEqual(ALL);
  });

  it('goes on where a stopped import ended, to the same rows', async () => {
    const controller = new AbortController();
    controller.abort();
    await expect(importInto(set(), controller.signal)).rejects.toMatchObject({ code: 'INTERRUPTED' });
    rmSync(path.join(set(), 'dog'), { recursive: true });
    await importInto(set());
    folder.write('set/dog/3.png', await noiseImage(3));
    expect((await importInto(set())).json).toMatchObject({ added: 1, known: 2 });
    expect(await stored()).toEqual(ALL);
  });

  it('passes over what lies beside the images and is none, and says so apart', async () => {
    for (const name of ['Thumbs.db', 'desktop.ini', 'notes.txt', 'empty.md']) {
      folder.write(`set/cat/${name}`, name === 'empty.md' ? '' : 'no image');
    }
    folder.write('set/dog/named-otherwise.bin', await noiseImage(4));
    const source = path.join(folder.path, 'set');
    const { json, text } = await importInto(source);
    expect(json).toMatchObject({ added: 4, notImages: 4, outcomes: {} });
    expect(text).toContain('4 files are no images and were passed over.');
    folder.write('set/cat/broken.jpg', 'no image');
    folder.write('set/cat/without-ending', Buffer.alloc(200_000));
    expect((await importInto(source)).json).toMatchObject({
      notImages: 4,
      outcomes: { not_an_image: 1, too_large: 1 },
    });
  });

  it('says that photographs would be shrunk', async () => {
    for (const seed of [5, 6, 7, 8]) folder.write(`set/dog/${seed}.png`, await noiseImage(seed, 178));
    const { json, text } = await importInto(path.join(folder.path, 'set'));
    expect(json).toMatchObject({ medianSide: 178 });
    expect(text.join('\n')).toMatch(/median side of 178 px; build\.size 32 in p\.yaml shrinks them\. 224 is usual/);
  });

  it('puts a file back that is gone from the folder of originals', async () => {
    await importInto(set());
    rmSync(config.paths.blobs, { recursive: true });
    folder.write('again/cat/1.png', await noiseImage(1));
    folder.write('again/dog/3.png', await noiseImage(3));
    expect((await importInto(path.join(folder.path, 'again'))).json).toMatchObject({ added: 2 });
    expect((await stored()).filter((location) => !location.startsWith('missing'))).toHaveLength(4);
  });

  it('heals originals of images that it knows: gone, of another length, with a flipped bit, or another image', async () => {
    await importInto(set());
    const [one, two, three] = (await listProjectImages(database.db, 'p')).map(({ sha256 }) =>
      path.join(config.paths.blobs, sha256.slice(0, 2), sha256),
    );
    rmSync(one ?? '');
    writeFileSync(two ?? '', 'damaged');
    const { json, text } = await importInto(set());
    expect(json).toMatchObject({ added: 0, known: 3, restored: 2 });
    expect(text.join('\n')).toContain('2 originals were restored');
    expect(await stored()).toEqual(ALL);
    expect(readFileSync(two ?? '').length).toBeGreaterThan(1000);
    expect((await importInto(set())).json).toMatchObject({ restored: 0 });
    const sound = readFileSync(three ?? '');
    const flipped = Buffer.from(sound);
    flipped[200] = (flipped[200] ?? 0) ^ 1;
    for (const damaged of [flipped, await noiseImage(9)]) {
      writeFileSync(three ?? '', damaged);
      expect((await importInto(set())).json).toMatchObject({ added: 0, known: 3, restored: 1 });
      expect(readFileSync(three ?? '').equals(sound)).toBe(true);
    }
  });

  it('imports the other rows where a URL holds a NUL', async () => {
    const rows = ['http://x.test/a\0.jpg,cat', 'http://x.test/b.jpg,cat', 'http://x.test/c.jpg,dog'];
    const table = folder.write('nul.csv', `url,class\n${rows.join('\n')}\n`);
    expect((await importInto(table)).json).toMatchObject({ added: 2, outcomes: { url_refused: 1 } });
  });

  it('keeps what was forgotten out', async () => {
    await importInto(set());
    const [first] = await listProjectImages(database.db, 'p');
    const digest = first?.sha256 ?? '';
    await forgetImages(database.db, 'p', { urls: [], hosts: [], digests: [digest] });
    rmSync(path.join(config.paths.blobs, digest.slice(0, 2), digest));
    expect((await importInto(set())).json).toMatchObject({ added: 0, known: 2, forgotten: 1 });
    expect(await stored()).toHaveLength(2);
    expect(existsSync(path.join(config.paths.blobs, digest.slice(0, 2), digest))).toBe(false);
  });

  it('lists URLs for the crawl: canonical, once, and only those of the web', async () => {
    const rows = [
      'http://X.test/a.jpg#top,cat',
      'http://x.test/a.jpg,cat',
      'ftp://x.test/b.jpg,dog',
      'file:///etc/passwd,dog',
    ];
    const table = folder.write('urls.csv', `url,class\n${rows.join('\n')}\nhttps://y.test/c.jpg,dog\n`);
    expect((await importInto(table)).json).toMatchObject({ added: 2, due: 2, known: 1, outcomes: { url_refused: 2 } });
    const due = await dueFetches(database.db, 'p', new Date());
    expect(due.map(({ canonicalUrl, engines }) => [canonicalUrl, ...engines])).toEqual([
      ['http://x.test/a.jpg', 'import'],
      ['https://y.test/c.jpg', 'import'],
    ]);
    expect((await importInto(table)).json).toMatchObject({ added: 0, due: 0, known: 3 });
  });

  it('takes a world in, byte by byte, and writes a project with its test images and truth', async () => {
    const [one, two] = [await noiseImage(1, 16), await noiseImage(2, 16)];
    folder.write('data/far.tar', tarBytes({ 't/1.png': one, 't/2.png': two }));
    const input = { size: 16, range: [0, 1], mean: [0, 0, 0], std: [1, 1, 1] };
    folder.write(
      'worlds/w/world.json',
      JSON.stringify({
        name: 'w',
        classes: ['b', 'a'],
        size: 16,
        images: ['../../data/far.tar'],
        pool: 'pool.csv',
        test: 'test.csv',
        teacher: { weights: 'teacher.safetensors', model: 'resnet8', input },
      }),
    );
    folder.write('worlds/w/pool.csv', 'path,given,true,kind\nt/2.png,a,a,clean\nt/1.png,b,a,closed\n');
    expect((await importInto(path.join(folder.path, 'worlds/w'))).json).toMatchObject({ added: 2, kind: 'world' });
    expect(config).toMatchObject({
      classes: [{ name: 'b' }, { name: 'a' }],
      build: { size: 16 },
      teacher: { weights: 'worlds/w/teacher.safetensors', model: 'resnet8', classes: ['b', 'a'], input },
      student: { model: 'resnet8' },
      train: { method: 'winnow' },
      evaluate: { test: 'worlds/w/test.csv', truth: 'worlds/w/pool.csv' },
    });
    expect(await stored()).toEqual(['world w a world:w/t/2.png 1.1', 'world w b world:w/t/1.png 1.2']);
    const files = readdirSync(config.paths.blobs).flatMap((name) => readdirSync(path.join(config.paths.blobs, name)));
    expect(files).toHaveLength(2);
  });

  it.each([
    ['pool.csv', 'path,given\nt/1.png,a\nt/1.png,b\n'],
    ['pool.tsv', 'path\tgiven\ttrue\nt/1.png\ta\ta\nt/1.png\tb\ta\n'],
  ])('names the student of a world, and no truth where %s tells none that can be read', async (pool, text) => {
    folder.write('far.tar', tarBytes({ 't/1.png': await noiseImage(1, 16) }));
    const world = { name: 'w', classes: ['b', 'a'], size: 16, images: ['../far.tar'], pool, student: 'resnet10-half' };
    folder.write('w/world.json', JSON.stringify(world));
    folder.write(`w/${pool}`, text);
    await importInto(path.join(folder.path, 'w'));
    expect(config.student.model).toBe('resnet10-half');
    expect(config.evaluate.truth).toBeUndefined();
  });

  it('says that a world has no pool', async () => {
    const world = { name: 'w', classes: ['b', 'a'], size: 16, images: ['far.tar'], pool: 'pool.csv' };
    folder.write('w/world.json', JSON.stringify(world));
    await expect(importInto(path.join(folder.path, 'w'))).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      where: expect.stringContaining('pool.csv') as unknown,
    });
  });

  it('keeps no project file where nothing came in', async () => {
    folder.write('lists/t.csv', 'path,class\n../set/cat/1.png,cat\n../set/dog/3.png,dog\n');
    const input = { arguments: { project: 'new/n.yaml', source: 'lists/t.csv' }, options: {} };
    const { signal } = new AbortController();
    const none = await runImport(input, { cwd: folder.path, env: {}, signal, log: () => undefined, progress });
    expect([none.exitCode, none.text.at(-1)]).toEqual([1, 'Nothing came in: new/n.yaml was not kept.']);
    expect(none.json).toMatchObject({ created: false });
    expect(none.text.join('\n')).toContain('--root names another folder');
    expect(readdirSync(path.join(folder.path, 'new'))).toEqual(['.winnow']);
  });

  it.each([
    [190, 'size: 224'],
    [90, 'size: 32'],
  ])('writes a project that builds images of %i px with %s', async (side, expected) => {
    for (const seed of [1, 2, 3]) folder.write(`many/cat/${seed}.png`, await noiseImage(seed, side));
    folder.write('many/dog/1.png', await noiseImage(4, side));
    const input = { arguments: { project: 'new/n.yaml', source: 'many' }, options: {} };
    const { signal } = new AbortController();
    const { text } = await runImport(input, { cwd: folder.path, env: {}, signal, log: () => undefined, progress });
    expect(readFileSync(path.join(folder.path, 'new/n.yaml'), 'utf8')).toContain(expected);
    expect(text.join('\n')).not.toContain('shrinks');
  });

  it('says where the classes seem to be', async () => {
    await expect(importInto(folder.path)).rejects.toMatchObject({
      next: `Its classes seem to be one level down: import ${path.join(folder.path, 'set')}.`,
    });
  });

  it('writes no project for one class, or for names that no class may have', async () => {
    folder.write('one/cat/1.png', 'x');
    await expect(importInto(path.join(folder.path, 'one'))).rejects.toMatchObject({ code: 'FORMAT_INVALID' });
    const table = folder.write('bad.csv', 'path,class\n1.png,cat\n1.png,../dog\n');
    await expect(importInto(table)).rejects.toMatchObject({ code: 'FORMAT_INVALID', where: table });
    expect(existsSync(path.join(folder.path, 'p.yaml'))).toBe(false);
  });
});
