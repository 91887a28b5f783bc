import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CommandIo, CommandResult, JsonValue } from '@winnow/contracts';
import { latestBuild, listProjectImages, openDatabase, saveBuild } from '@winnow/db';
import { keepDatabaseOpen } from '@winnow/db/testing';
import { encodePng } from '@winnow/imaging';
import { ENCODING_CACHE } from '@winnow/shards';
import { startLoopbackServer } from '../spec-support/loopback-server';
import { commands } from './commands';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('winnow forget', () => {
  let folder: string;
  let closeDatabase: () => Promise<void>;
  let server: Awaited<ReturnType<typeof startLoopbackServer>>;
  let asked: string[];
  let pictures: ReadonlyMap<string, Uint8Array>;
  beforeAll(async () => {
    const grey = (level: number) => encodePng({ width: 40, height: 40, data: new Uint8Array(4800).fill(level) });
    pictures = new Map([
      ['a.test/1', await grey(10)],
      ['b.test/1', await grey(10)],
      ['a.test/2', await grey(20)],
      ['c.test/3', await grey(30)],
    ]);
    server = await startLoopbackServer((request, response) => {
      const location = `${request.headers.host ?? ''}${request.url ?? ''}`;
      const results = [...pictures.keys()].map((url) => ({ url: `http://${url}` }));
      const isEngine = location.startsWith('api.openverse.org');
      if (!isEngine) asked.push(location);
      response.end(isEngine ? JSON.stringify({ page: 1, page_count: 1, results }) : pictures.get(location));
    });
  });
  afterAll(() => server.close());
  beforeEach(() => {
    asked = [];
    folder = mkdtempSync(path.join(tmpdir(), 'winnow-forget-'));
    closeDatabase = keepDatabaseOpen(path.join(folder, '.winnow'));
    writeProject('cat');
  });
  afterEach(async () => {
    await closeDatabase();
    rmSync(folder, { recursive: true, force: true });
  });

  function writeProject(query: string): void {
    const hosts = ['api.openverse.org', 'a.test', 'b.test', 'c.test'];
    const resolve = hosts.map((host) => `${host}: '${server.address}'`).join(', ');
    writeFileSync(
      path.join(folder, 'pets.yaml'),
      `name: pets\nclasses: [{ name: cat, queries: [${query}] }, { name: dog, queries: [${query}] }]\n` +
        `harvest: { engines: [openverse], delayMillis: 0, respectRobots: false, respectTdm: false, resolve: { ${resolve} } }\n`,
    );
  }

  const io = (): CommandIo => ({
    cwd: folder,
    env: { WINNOW_LOOPBACK_ONLY: '1' },
    signal: new AbortController().signal,
    log: () => undefined,
    progress: { start: () => ({ update: () => undefined, end: () => undefined }) },
  });

  async function run(name: string, args: Record<string, string | string[]>): Promise<CommandResult> {
    const spec = commands.find((command) => command.name === name);
    if (spec?.run === undefined) throw new Error(`no command ${name}`);
    return spec.run({ arguments: { project: 'pets.yaml', ...args }, options: {} }, io());
  }
  const forget = async (...what: string[]): Promise<{ [key: string]: JsonValue }> =>
    (await run('forget', { what })).json;
  const blobs = (): string[] =>
    readdirSync(path.join(folder, '.winnow', 'blobs'), { recursive: true })
      .map((file) => path.basename(String(file)))
      .filter((file) => file.length === 64)
      .sort();
  const digestOf = (location: string): string => sha256(pictures.get(location) ?? new Uint8Array());
  const withDatabase = async <T>(work: (db: Parameters<typeof listProjectImages>[0]) => Promise<T>): Promise<T> => {
    const handle = await openDatabase({ url: undefined, stateDir: path.join(folder, '.winnow'), holder: 'spec' });
    try {
      return await work(handle.db);
    } finally {
      await handle.close();
    }
  };

  it('removes images with their files, names the builds, and never fetches them again', async () => {
    await run('crawl', {});
    expect(blobs()).toEqual(['a.test/1', 'a.test/2', 'c.test/3'].map(digestOf).sort());
    const sample = { key: 'k7', position: 0, shard: 's', offset: 0, length: 1, label: 0, conflicts: [], copies: 1 };
    await withDatabase((db) =>
      saveBuild(
        db,
        { id: 'b1', project: 'pets', digest: 'd', inputDigest: 'i', sampleCount: 1, config: {}, counts: {} },
        { samples: [{ ...sample, sha256: digestOf('a.test/1'), className: 'cat' }], exclusions: [] },
      ),
    );
    const encoded = path.join(folder, '.winnow', ENCODING_CACHE);
    expect(existsSync(encoded)).toBe(true);
    const result = await run('forget', { what: ['HTTP://A.test:80/1?utm_source=x#y'] });
    expect(existsSync(encoded)).toBe(false);
    expect(result.json).toMatchObject({
      project: 'pets',
      removed: { hits: 4, urls: 2, images: [digestOf('a.test/1')], files: 1 },
      kept: [],
      builds: [{ build: 'b1', keys: ['k7'], directory: path.join(folder, '.winnow', 'builds', 'b1') }],
    });
    expect(result.text.join('\n')).toContain('Build b1 holds 1 forgotten images: k7.');
    expect(result.text.join('\n')).toContain('winnow build pets.yaml');
    expect(blobs()).toEqual(['a.test/2', 'c.test/3'].map(digestOf).sort());
    expect(
      readdirSync(path.join(folder, '.winnow', 'answers'), { recursive: true }).filter(
        (file) => String(file).length > 60,
      ),
    ).toEqual([]);
    expect(await withDatabase((db) => latestBuild(db, 'pets'))).toMatchObject({ forgottenKeys: ['k7'] });

    asked = [];
    writeProject('kitten');
    const again = await run('crawl', {});
    expect(again.json).toMatchObject({ harvested: 8, urls: 2, stored: 2 });
    expect(asked).toEqual([]);
  });

  it('forgets a host, also one that is listed later, and finishes what was left', async () => {
    await forget('a.test');
    await run('crawl', {});
    expect(asked.sort()).toEqual(['b.test/1', 'c.test/3']);
    const [one, three] = [digestOf('b.test/1'), digestOf('c.test/3')];
    expect(await forget(three)).toMatchObject({ removed: { images: [three], files: 1 } });
    // As if the command had been stopped before it removed the file.
    writeFileSync(path.join(folder, '.winnow', 'blobs', three.slice(0, 2), three), 'left over');
    expect(await forget(three)).toMatchObject({ removed: { hits: 0, urls: 0, images: [], files: 1 } });
    expect(blobs()).toEqual([one]);
    expect(existsSync(path.join(folder, '.winnow', 'blobs', three.slice(0, 2), three))).toBe(false);
    const images = await withDatabase((db) => listProjectImages(db, 'pets'));
    expect(images.map((image) => image.sha256)).toEqual([one]);
  });

  it('refuses what is neither URL nor host nor digest, and touches nothing', async () => {
    await expect(forget('https://a.test/1', 'com')).rejects.toMatchObject({ code: 'USAGE', exitCode: 2, where: 'com' });
    expect(existsSync(path.join(folder, '.winnow'))).toBe(false);
  });
});
