import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadProject } from '@winnow/config';
import type { CommandIo } from '@winnow/contracts';
import { latestBuild, listExclusions, listSamples, openDatabase } from '@winnow/db';
import { recordTestCrawl } from '@winnow/db/testing';
import { encodeJpeg, resizeRgb } from '@winnow/imaging';
import { SeededRandom } from '@winnow/random';
import { blobPath } from '@winnow/store';
import { runStep } from './commands/run-step';

const WORKSPACE = path.resolve(__dirname, '../../..');
const HOOK = path.join(WORKSPACE, 'apps/winnow/bin/register-typescript.js');
const SWITCH = path.join(WORKSPACE, 'libs/testing/src/kill-switch.ts');
const WINNOW = path.join(WORKSPACE, 'apps/winnow/bin/winnow.js');
const SEED = Number(process.env['WINNOW_KILL_SEED'] ?? 20_261_125);
const IMAGES = 30;
/** Projects that are killed and built at the same time. */
const AT_ONCE = 2;

/** What a build comes to, in this order, and how many of its moments are drawn for a kill: more of what has several kinds. */
const STAGES = [
  { stage: 'facts of decoded images', at: 'sql', match: /update "images"/, draws: 1 },
  { stage: 'shard opened', at: 'open', match: /train-\d+\.tar\.tmp$/, draws: 1 },
  { stage: 'shard written', at: 'write', match: /train-\d+\.tar\.tmp$/, draws: 1 },
  { stage: 'shard renamed', at: 'rename', match: /train-\d+\.tar$/, draws: 1 },
  { stage: 'marker', at: 'rename', match: /\.done\.json$/, draws: 1 },
  { stage: 'lists', at: 'rename', match: /\.partial\/(?!train-)[^/]+$/, draws: 1 },
  { stage: 'markers removed', at: 'rm', match: /\.done\.json$/, draws: 1 },
  { stage: 'build named', at: 'rename', match: /\/builds\/[0-9a-f]+$/, draws: 1 },
  {
    stage: 'index',
    at: 'sql',
    match: /insert into "(?:builds|samples|exclusions)"|COMMIT/,
    draws: 2,
  },
] as const;

type Kind = (typeof STAGES)[number]['at'];

interface Moment {
  readonly stage: string;
  readonly at: Kind;
  readonly match: string;
  readonly nth: number;
}

/** Of a build in this process. */
const IO: CommandIo = {
  cwd: '',
  env: {},
  signal: new AbortController().signal,
  log: () => undefined,
  progress: { start: () => ({ update: () => undefined, end: () => undefined }) },
};

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Moments of an undisturbed build, drawn stage by stage, none of them twice. */
function drawMoments(trace: readonly (readonly [string, string])[], seed: number): readonly Moment[] {
  const random = new SeededRandom(seed);
  return STAGES.flatMap(({ stage, at, match, draws }) => {
    const seen = new Map<string, number>();
    const passed: Moment[] = [];
    for (const [kind, text] of trace) {
      if (kind !== at || !match.test(text)) continue;
      const key = at === 'sql' ? (match.exec(text)?.[0] ?? '') : text.slice(text.indexOf('/.winnow/'));
      const nth = (seen.get(key) ?? 0) + 1;
      seen.set(key, nth);
      passed.push({ stage, at, match: key, nth });
    }
    return Array.from({ length: Math.min(draws, passed.length) }, () =>
      passed.splice(random.int(passed.length), 1),
    ).flat();
  });
}

/** Runs `winnow build` in a process of its own, to its end or its death. */
function build(folder: string, env: Readonly<Record<string, string>>) {
  const args = ['-r', HOOK, '-r', SWITCH, WINNOW, 'build', 'p.yaml', '--json'];
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [output, log] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  return new Promise<{ code: number | null; output: string; log: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, output, log })),
  );
}

/** Digest of every file below the folder of builds. */
function buildFiles(folder: string): Record<string, string> {
  const builds = path.join(folder, '.winnow/builds');
  const files = readdirSync(builds, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const named = files.map((entry): [string, string] => {
    const file = path.join(entry.parentPath, entry.name);
    return [path.relative(builds, file), sha256(readFileSync(file))];
  });
  return Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function indexOf(folder: string): Promise<unknown> {
  const handle = await openDatabase({ stateDir: path.join(folder, '.winnow'), holder: 'spec' });
  try {
    const record = await latestBuild(handle.db, 'p');
    const id = record?.id ?? '';
    const timeless = { ...record, createdAt: null, usedAt: null };
    return [timeless, await listSamples(handle.db, id), await listExclusions(handle.db, id)];
  } finally {
    await handle.close();
  }
}

function configure(folder: string, workers: number): void {
  const classes = 'classes: [{ name: a, queries: [a] }, { name: b, queries: [b] }]';
  const text = `name: p\n${classes}\nbuild: { shardSamples: 8, size: 48, workers: ${workers} }\n`;
  writeFileSync(path.join(folder, 'p.yaml'), text);
}

/** A project whose crawl found images and a copy of some, none of them measured yet. */
async function crawled(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  configure(folder, 2);
  const { paths } = await loadProject('p.yaml', { cwd: folder, env: {} });
  const handle = await openDatabase({ stateDir: paths.state, holder: 'spec' });
  const images = [];
  for (let index = 0; index < IMAGES; index += 1) {
    // Every sixth is a copy of the one before.
    const random = new SeededRandom(index % 6 === 5 ? index - 1 : index);
    const noise = { width: 24, height: 24, data: Uint8Array.from({ length: 1728 }, () => random.int(256)) };
    const bytes = await encodeJpeg(await resizeRgb(noise, 140, 'squash'), index % 6 === 5 ? 70 : 92);
    const file = blobPath(paths.blobs, sha256(bytes));
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, bytes);
    const found = { className: index % 2 === 0 ? 'a' : 'b', sha256: sha256(bytes), sizeBytes: bytes.length };
    images.push({ ...found, mime: 'image/jpeg', width: 140, height: 140 });
  }
  await recordTestCrawl(handle.db, 'p', images);
  await handle.close();
}

describe('winnow build', () => {
  let scratch: string;
  beforeAll(() => {
    scratch = mkdtempSync(path.join(tmpdir(), 'winnow-kill-build-'));
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  it(`killed at any of 10 moments drawn from seed ${SEED} is completed by the next one as if undisturbed`, async () => {
    const template = path.join(scratch, 'template');
    await crawled(template);
    const calm = path.join(scratch, 'calm');
    cpSync(template, calm, { recursive: true });
    const traceFile = path.join(scratch, 'trace.jsonl');
    const undisturbed = await build(calm, { WINNOW_KILL_TRACE: traceFile });
    expect([undisturbed.code, undisturbed.code === 0 ? '' : undisturbed.log]).toEqual([0, '']);
    const { digest } = JSON.parse(undisturbed.output) as { digest: string };
    const expectedFiles = buildFiles(calm);
    const expectedIndex = await indexOf(calm);
    const lines = readFileSync(traceFile, 'utf8').trim().split('\n');
    const moments = drawMoments(
      lines.map((line) => JSON.parse(line) as [string, string]),
      SEED,
    );
    expect(moments).toHaveLength(10);

    const waiting = [...moments.entries()];
    const lane = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [number, moment] = next;
        const folder = path.join(scratch, `killed-${number}`);
        cpSync(template, folder, { recursive: true });
        const { code, log } = await build(folder, { WINNOW_KILL_AT: JSON.stringify(moment) });
        // Alive at the end means that the moment never came, and the test would prove nothing.
        expect([moment, code, code === null ? '' : log]).toEqual([moment, null, '']);
        // Threads are no part of what is taken up again.
        configure(folder, 1);
        const finished = await runStep('build', 'p.yaml', { ...IO, cwd: folder });
        expect([moment, finished.exitCode, finished.json['digest']]).toEqual([moment, 0, digest]);
        expect([moment, buildFiles(folder)]).toEqual([moment, expectedFiles]);
        if (moment.at === 'sql') expect([moment, await indexOf(folder)]).toEqual([moment, expectedIndex]);
        rmSync(folder, { recursive: true });
      }
    };
    const stop = (error: unknown): never => {
      waiting.length = 0;
      throw error;
    };
    const lanes = await Promise.allSettled(Array.from({ length: AT_ONCE }, () => lane().catch(stop)));
    for (const result of lanes) if (result.status === 'rejected') throw result.reason;
  }, 600_000);
});
