import { createHash } from 'node:crypto';

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { InputSpec } from '@winnow/contracts';
import { openDatabase } from '@winnow/db';
import { imagingVersions } from '@winnow/imaging';
import { createModel, saveWeights, weightsMetadata } from '@winnow/models';
import { SeededRandom } from '@winnow/random';
import { startEngine } from '@winnow/tensor';
import { runMain } from './spec-support/run-main';

const GOLDEN = path.join(__dirname, 'stored-identities-golden.json');

/**
 * What one small project leaves in its database and its folders, as literals: data sets, noise splits, runs and crawls
 * of users are found again by these, so renames within the code must not change them. A change that is wanted is a new
 * revision, told in the changelog, and `WINNOW_GOLDEN=write` writes the new values.
 */
const CLASSES = ['disc', 'square'];
const SIDE = 32;
const TEACHER_INPUT: InputSpec = { size: SIDE, range: [0, 1], mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
const projectText = (port: number): string =>
  [
    'name: p',
    `classes: [${CLASSES.map((name) => `{ name: ${name}, queries: [${name} photo] }`).join(', ')}]`,
    `build: { size: ${SIDE} }`,
    'teacher: { weights: teacher.safetensors }',
    'evaluate: { test: test }',
    'student: { model: resnet8 }',
    'train: { epochs: 1, batch: 4, workers: 0 }',
    'engine: wasm',
    `harvest: { perClass: 8, engines: [openverse], delayMillis: 0, resolve: { api.openverse.org: "127.0.0.1:${port}", images.test: "127.0.0.1:${port}" } }`,
    '',
  ].join('\n');

/** Openverse's API with two results for every query; the images themselves are gone. */
async function startWeb(): Promise<Server> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://web.test');
    const query = url.searchParams.get('q');
    const results = [1, 2].map((index) => ({
      id: `${index}`,
      title: `${query} ${index}`,
      url: `http://images.test/${encodeURIComponent(query ?? '')}/${index}.jpg`,
      foreign_landing_url: `http://images.test/page/${index}`,
      license: 'by',
      license_version: '4.0',
      license_url: 'https://creativecommons.org/licenses/by/4.0/',
      creator: 'somebody',
    }));
    response.writeHead(query === null ? 404 : 200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(query === null ? {} : { result_count: 2, page_count: 1, page_size: 20, page: 1, results }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Blocks of random colours as a BMP of 24 bits, written here so that no encoder decides its bytes. */
function drawBmp(seed: string): Buffer {
  const random = new SeededRandom(seed);
  const blocks = Uint8Array.from({ length: 8 * 8 * 3 }, () => random.int(256));
  const file = Buffer.alloc(54 + SIDE * SIDE * 3);
  file.write('BM');
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(54, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(SIDE, 18);
  file.writeInt32LE(SIDE, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(24, 28);
  for (let at = 0; at < SIDE * SIDE * 3; at += 1) {
    const [row, column] = [Math.floor(at / (SIDE * 3)), Math.floor(at / 3) % SIDE];
    file[54 + at] = blocks[((row >> 2) * 8 + (column >> 2)) * 3 + (at % 3)] as number;
  }
  return file;
}

async function winnow(folder: string, line: readonly string[]): Promise<void> {
  const { exitCode, stdout, stderr } = await runMain(line, { folder, env: {} });
  expect([line, exitCode, exitCode === 0 ? '' : `${stdout}${stderr}`]).toEqual([line, 0, '']);
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Ports differ from run to run. */
const withoutPort = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value).replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT'));

/** Everything below that is compared, as it is stored. */
async function readStored(folder: string) {
  const database = await openDatabase({ url: undefined, stateDir: path.join(folder, '.winnow'), holder: 'a spec' });
  const rows = async (text: string) => (await database.executeSql(text)).rows;
  try {
    const [build] = await rows('select id, digest, input_digest, config, counts from builds');
    const { imaging, ...recorded } = build?.['config'] as Record<string, unknown>;
    const [crawl] = await rows('select crawl_settings from projects');
    const { stateDir, year, ...settings } = withoutPort(crawl?.['crawl_settings']) as Record<string, unknown>;
    expect([stateDir, typeof year]).toEqual([path.join(folder, '.winnow'), 'number']);
    const [split] = await rows('select id, method, teacher_digest, config from splits');
    // Of a method that reads no split, and of one that does.
    const runs = await rows('select identity, method, model, seed from runs order by method');
    return {
      imaging,
      independent: {
        recorded,
        counts: build?.['counts'],
        settings,
        hits: await rows('select id, class_name, engine, variant, page, rank, canonical_url from hits order by id'),
        samples: await rows('select class_name, label, sha256, conflicts, copies from samples order by sha256'),
        queries: await rows('select class_name, engine, query, variant, state from queries order by 1, 2, 3, 4'),
        fetches: await rows('select canonical_url, outcome from fetches order by 1'),
        splitConfig: split?.['config'],
        splitMethod: split?.['method'],
        teacher: split?.['teacher_digest'],
        runs: runs.map(({ method, model, seed }) => ({ method, model, seed })),
      },
      ofEncoders: {
        build: { id: build?.['id'], digest: build?.['digest'], inputDigest: build?.['input_digest'] },
        keys: sha256(
          JSON.stringify(await rows('select key, position, shard, "offset"::int, length from samples order by 2')),
        ),
        split: split?.['id'],
        runs: runs.map(({ identity }) => identity),
        comparison: readdirSync(path.join(folder, '.winnow/runs')).filter((name) => /^compare-.*json$/.test(name)),
      },
    };
  } finally {
    await database.close();
  }
}

describe('what a project stores', () => {
  const golden = JSON.parse(readFileSync(GOLDEN, 'utf8')) as Awaited<ReturnType<typeof readStored>>;
  let folder: string;
  let web: Server;
  let stored: Awaited<ReturnType<typeof readStored>>;
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'winnow-stored-'));
    web = await startWeb();
    writeFileSync(path.join(folder, 'p.yaml'), projectText((web.address() as AddressInfo).port));
    for (const [location, count] of [
      ['pictures', 6],
      ['test', 2],
    ] as const) {
      for (const name of CLASSES) {
        mkdirSync(path.join(folder, location, name), { recursive: true });
        for (let index = 0; index < count; index += 1) {
          writeFileSync(path.join(folder, location, name, `${index}.bmp`), drawBmp(`${location} ${name} ${index}`));
        }
      }
    }
    await startEngine('wasm', { cacheDir: folder, log: () => undefined });
    const model = createModel('resnet8', { classCount: CLASSES.length, seed: 1 });
    const metadata = weightsMetadata({ model: model.name, classes: CLASSES, input: TEACHER_INPUT });
    writeFileSync(path.join(folder, 'teacher.safetensors'), saveWeights(model, metadata));
    model.dispose();
    await winnow(folder, ['import', 'p.yaml', 'pictures']);
    await winnow(folder, ['build', 'p.yaml']);
    await winnow(folder, ['compare', 'p.yaml', '--methods', 'winnow,kd-known', '--seeds', '1']);
    await winnow(folder, ['crawl', 'p.yaml']);
    stored = await readStored(folder);
    if (process.env['WINNOW_GOLDEN'] !== 'write') return;
    writeFileSync(GOLDEN, JSON.stringify(stored));
  }, 300_000);
  afterAll(() => {
    web.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('has the names and identities that it always had', () => {
    expect(stored.independent).toEqual(golden.independent);
  });

  // A build id covers the versions of sharp and libvips, its digest the bytes that they encode; splits and runs cover both.
  const isSame = JSON.stringify(imagingVersions()) === JSON.stringify(golden.imaging) && process.arch === 'x64';
  (isSame ? it : it.skip)('is found again by the same digests, with the same encoders', () => {
    expect(stored.imaging).toEqual(golden.imaging);
    expect(stored.ofEncoders).toEqual(golden.ofEncoders);
  });
});
