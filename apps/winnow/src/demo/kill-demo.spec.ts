import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openDatabase } from '@winnow/db';
import { SeededRandom } from '@winnow/random';
import { sql } from 'drizzle-orm';

const WORKSPACE = path.resolve(__dirname, '../../../..');
const HOOK = path.join(WORKSPACE, 'apps/winnow/bin/register-typescript.js');
const SWITCH = path.join(WORKSPACE, 'libs/testing/src/kill-switch.ts');
const EMPTY_DATABASE = path.join(WORKSPACE, 'tools/jest/preload-copying-pglite.js');
const WINNOW = path.join(WORKSPACE, 'apps/winnow/bin/winnow.js');
const IMAGES = path.join(WORKSPACE, 'examples/demo');
/** Every so many of the test images are taken: five steps read and measure them, and none is about how many there are. */
const TEST_EVERY = 40;
const SEED = Number(process.env['WINNOW_KILL_SEED'] ?? 20_261_124);

interface KillMoment {
  readonly at: 'rename' | 'open' | 'request' | 'sql';
  readonly match: string;
  readonly nth: number;
}

/** In the order in which a demo comes to them; how often each has passed before is drawn. */
function drawMoments(seed: number): readonly KillMoment[] {
  const random = new SeededRandom(seed);
  const draw = (at: KillMoment['at'], match: string, most: number): KillMoment => ({
    at,
    match,
    nth: 1 + random.int(most),
  });
  return [
    draw('sql', 'insert into hits', 6),
    draw('request', '.demo.test', 30),
    draw('rename', '/blobs/', 20),
    draw('sql', 'insert into sightings', 10),
    draw('open', 'train-000000.tar', 1),
    draw('rename', '/builds/', 5),
    draw('sql', 'insert into "samples"', 1),
    draw('rename', '/checkpoints/', 6),
  ];
}

/** The demo's images with fewer of them to test on. */
function fewTestImages(folder: string): void {
  const parts = readdirSync(IMAGES).filter((name) => name !== 'test.tar');
  const whole = path.join(IMAGES, 'test.tar');
  const all = execFileSync('tar', ['-tf', whole], { encoding: 'utf8' }).trim().split('\n');
  const names = all.filter((_, index) => index % TEST_EVERY === 0);
  const unpacked = path.join(folder, 'unpacked');
  mkdirSync(unpacked, { recursive: true });
  for (const name of parts) symlinkSync(path.join(IMAGES, name), path.join(folder, name));
  execFileSync('tar', ['-xf', whole, '-C', unpacked, ...names]);
  execFileSync('tar', ['-cf', path.join(folder, 'test.tar'), '-C', unpacked, ...names]);
}

interface DemoFolders {
  readonly folder: string;
  readonly images: string;
}

/** Runs a small demo to its end or its death. @returns its exit code, null when it was killed */
function demo({ folder, images }: DemoFolders, moment?: KillMoment): Promise<{ code: number | null; log: string }> {
  const child = spawn(
    process.execPath,
    [
      '-r',
      HOOK,
      '-r',
      SWITCH,
      '-r',
      EMPTY_DATABASE,
      WINNOW,
      'demo',
      '--dir',
      folder,
      '--per-class',
      '6',
      '--epochs',
      '2',
      '--json',
      '--debug',
    ],
    {
      env: {
        ...process.env,
        WINNOW_LOOPBACK_ONLY: '1',
        WINNOW_DEMO_IMAGES: images,
        // A demo opens its database some thirty times.
        WINNOW_KEEP_DATABASES: '1',
        ...(moment === undefined ? {} : { WINNOW_KILL_AT: JSON.stringify(moment) }),
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, log })));
}

/** Columns that tell of clocks, attempts, ports or the machine, and not of what was found. */
const NOT_COMPARED = /_at$|^attempts$|^failures$|_until$|^folder$|^crawl_settings$|^lease_holder$/;
/** Who was at work. */
const TABLE_NOT_COMPARED = 'workers';
const NOT_COMPARED_IN_SUMMARY = ['seconds', 'peakMemoryBytes'];

/** Every row of every table as text, without clocks and attempt counts. */
async function databaseContent(folder: string): Promise<Record<string, readonly string[]>> {
  const handle = await openDatabase({ stateDir: path.join(folder, '.winnow'), holder: 'spec' });
  const rowsOf = async (query: ReturnType<typeof sql>) =>
    ((await handle.db.execute(query)) as unknown as { rows: Record<string, unknown>[] }).rows;
  try {
    const tables = await rowsOf(sql`select tablename from pg_tables where schemaname = 'public'
      and tablename <> ${TABLE_NOT_COMPARED} order by 1`);
    const content: Record<string, readonly string[]> = {};
    for (const { tablename } of tables) {
      const rows = await rowsOf(sql.raw(`select * from "${String(tablename)}"`));
      content[String(tablename)] = rows.map((row) => JSON.stringify(comparable(row))).sort();
    }
    return content;
  } finally {
    await handle.close();
  }
}

function comparable(row: Record<string, unknown>): Record<string, unknown> {
  const kept = Object.entries(row).filter(([name]) => !NOT_COMPARED.test(name));
  return Object.fromEntries(
    kept.map(([name, value]) => {
      if (name !== 'summary' || typeof value !== 'object' || value === null) return [name, value];
      return [
        name,
        Object.fromEntries(Object.entries(value).filter(([key]) => !NOT_COMPARED_IN_SUMMARY.includes(key))),
      ];
    }),
  );
}

/** Digest of every file below a folder that the demo promises to be the same: originals, shards, students. */
function fileDigests(folder: string): Record<string, string> {
  const digests: Record<string, string> = {};
  const state = path.join(folder, '.winnow');
  for (const entry of readdirSync(state, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    // Run folders are named after the time; their students are told apart by method and seed.
    const name = path.relative(state, file).replace(/^runs\/[^/]*-demo-/, 'runs/');
    const isPromised = /^(blobs|builds)\//.test(name) || name.endsWith('student.safetensors');
    if (entry.isFile() && isPromised) digests[name] = createHash('sha256').update(readFileSync(file)).digest('hex');
  }
  return digests;
}

describe('winnow demo', () => {
  let scratch: string;
  beforeAll(() => {
    scratch = mkdtempSync(path.join(tmpdir(), 'winnow-kill-'));
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  it(`killed at eight moments drawn from seed ${SEED} ends with the same database, shards and students as undisturbed`, async () => {
    const calm = path.join(scratch, 'calm');
    const killed = path.join(scratch, 'killed');
    const images = path.join(scratch, 'images');
    fewTestImages(images);
    const undisturbed = await demo({ folder: calm, images });
    expect([undisturbed.code, undisturbed.log]).toEqual([0, expect.any(String)]);
    for (const moment of drawMoments(SEED)) {
      const { code, log } = await demo({ folder: killed, images }, moment);
      // Alive at the end means that the moment never came, and the test would prove nothing.
      expect([moment, code, code === null ? '' : log]).toEqual([moment, null, '']);
    }
    const finished = await demo({ folder: killed, images });
    expect([finished.code, finished.log]).toEqual([0, expect.any(String)]);
    expect(fileDigests(killed)).toEqual(fileDigests(calm));
    expect(await databaseContent(killed)).toEqual(await databaseContent(calm));
    expect(existsSync(path.join(killed, 'report.html'))).toBe(true);
  }, 900_000);
});
