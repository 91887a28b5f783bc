#!/usr/bin/env node
/**
 * `npm test`: sets everything up, then runs every check and ends with `N passed, N failed, N skipped`. Specs of projects
 * that are as they were when they passed are not run again: Nx keeps what they came to.
 * Arguments go to jest, and then what they name is run: `npm test -- libs/noise`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import path from 'node:path';
import { ensureDependencies, ROOT } from './ensure-dependencies.mjs';
import { temporaryFolder } from './temporary-folder.mjs';
import { countTests, runJest } from './nx/run-jest.js';
import { startTestPostgres } from './test-postgres.mjs';
import { prepareTestPython } from './test-python.mjs';

const jestArguments = process.argv.slice(2);
process.env.TMPDIR = temporaryFolder();
const PROCESSORS = Math.min(2, availableParallelism());
/** Two more than processors where memory is for it, as specs wait for disks, timers and other programs. */
const WORKERS = totalmem() < 15e9 ? PROCESSORS : PROCESSORS + 2;
const env = {
  ...process.env,
  CI: 'true',
  NX_DAEMON: 'false',
  NX_TUI: 'false',
  NX_NO_CLOUD: 'true',
  WINNOW_LOOPBACK_ONLY: '1',
};
const timings = [];
const failures = [];

function note(name, ok, startedAt) {
  timings.push(`${ok ? 'ok    ' : 'FAILED'}  ${name} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
  if (!ok) failures.push(name);
}

/** Runs one check beside others; its output is shown when it ends. */
async function checkBeside([name, command, args]) {
  const startedAt = Date.now();
  const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], env });
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk));
  const status = await new Promise((resolve) => {
    child.on('error', (error) => output.push(Buffer.from(`${error.message}\n`)));
    // Comes after an error too.
    child.on('close', resolve);
  });
  process.stderr.write(`\n== ${name}\n${Buffer.concat(output).toString()}`);
  note(name, status === 0, startedAt);
}

/** Runs checks as many at once as there are processors, in this order. */
async function checkAll(checks) {
  const waiting = [...checks];
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await checkBeside(next);
  };
  await Promise.all(Array.from({ length: PROCESSORS }, lane));
}

/** Where everything is required (CI), a missing part is a failure and not a skipped test. */
function requireEverything(name, present) {
  if (present || process.env.WINNOW_REQUIRE_ALL !== '1') return;
  failures.push(`${name} is missing`);
  process.stderr.write(`${name} is required here and did not load.\n`);
}

/**
 * Fetches and builds the engine and the JPEG codec.
 * @returns the engine's name, undefined where that failed, and whether the codec is there
 */
function prepareNative() {
  process.stderr.write('\n== engine\n');
  const startedAt = Date.now();
  const command = ['apps/winnow/bin/winnow.js', 'doctor', '--install', '--variant', 'cpu', '--json'];
  const { status, stdout } = spawnSync(process.execPath, command, { cwd: ROOT, stdio: ['ignore', 'pipe', 2], env });
  note('engine', status === 0, startedAt);
  if (status !== 0) {
    process.stderr.write(stdout);
    return { hasCodec: false };
  }
  const { engine, checks } = JSON.parse(stdout.toString());
  return { engine, hasCodec: checks.some(({ name, ok }) => name === 'jpeg codec' && ok) };
}

/** Starts what tests need beside the engine. */
async function preparePrograms() {
  const postgres = process.env.WINNOW_TEST_DATABASE_URL
    ? { url: process.env.WINNOW_TEST_DATABASE_URL }
    : await startTestPostgres();
  const [python, stores] = [await prepareTestPython('SHARD_READERS'), await prepareTestPython('OBJECT_STORES')];
  return { python, stores, postgres };
}

/** Runs what the arguments name. */
function testSome() {
  return [countTests('tests', '.', runJest(jestArguments))];
}

/** Runs the specs of every project of which Nx keeps no result. */
function testAll() {
  const nx = (...args) => spawnSync(bin('nx'), args, { cwd: ROOT, stdio: ['ignore', 'pipe', 2], encoding: 'utf8' });
  const names = JSON.parse(nx('show', 'projects', '--with-target', 'test', '--json').stdout);
  const results = path.join(ROOT, 'dist/test-results');
  rmSync(results, { recursive: true, force: true });
  spawnSync(bin('nx'), ['run-many', '-t', 'test', '--batch', '--outputStyle=static'], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
  });
  return names.map((name) => {
    const file = path.join(results, `${name}.json`);
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
    process.stderr.write(`The specs of ${name} left no result.\n`);
    return { name, passed: 0, failed: 1, skipped: [] };
  });
}

/** The compiled one; Nx needs the one that is written in JavaScript. */
const COMPILER = path.join(ROOT, 'node_modules/typescript-native/bin/tsc');
const bin = (name) => path.join(ROOT, 'node_modules/.bin', name);
ensureDependencies();
const { engine, hasCodec } = prepareNative();
requireEverything('libtensorflow', engine === 'tensorflow');
requireEverything('the JPEG codec', hasCodec);
// The network is waited for while checks compute.
const preparing = preparePrograms();
await checkBeside(['project references', bin('nx'), ['sync:check']]);
// Installing the package waits for the network, too.
const packing = checkBeside(['package', process.execPath, ['tools/check-package.mjs']]);
await checkAll([
  ['lint', bin('oxlint'), ['--type-aware']],
  ['types', process.execPath, [COMPILER, '-b']],
  ['formatting', bin('oxfmt'), ['--check']],
  ['house', process.execPath, ['tools/house.mjs', '--check']],
  ['migrations', process.execPath, ['tools/check-migrations.mjs']],
  ['results page', process.execPath, ['bench/src/results/render.mjs', '--check']],
  ['docker files', process.execPath, ['tools/check-docker.mjs']],
]);

await packing;
const { python, stores, postgres } = await preparing;
if (python.programs === undefined) {
  process.stderr.write(`\nTests that read shards with Python are skipped: ${python.reason}\n`);
}
requireEverything('Python with its readers of shards', python.programs !== undefined);
if (stores.programs === undefined) {
  process.stderr.write(`\nTests on object stores are skipped: ${stores.reason}\n`);
}
requireEverything('servers of object stores', stores.programs !== undefined);
if (postgres.url === undefined) process.stderr.write(`\nTests on a Postgres server are skipped: ${postgres.reason}\n`);
requireEverything('Postgres', postgres.url !== undefined);
const forTests = {
  // Each worker has a processor to itself: more threads of libtensorflow would only get in each other's way.
  TF_NUM_INTRAOP_THREADS: process.env.TF_NUM_INTRAOP_THREADS ?? '1',
  NODE_OPTIONS:
    `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --disable-warning=ExperimentalWarning`.trim(),
  WINNOW_TEST_WORKERS: String(WORKERS),
  // What was skipped for want of a part is run when the part is there.
  WINNOW_TEST_PARTS: [
    engine,
    hasCodec && 'codec',
    postgres.url !== undefined && 'postgres',
    python.programs !== undefined && 'readers of shards',
    stores.programs !== undefined && 'object stores',
    existsSync(path.join(ROOT, '../shared')) && 'shared',
  ].join(),
  ...(postgres.url === undefined ? {} : { WINNOW_TEST_DATABASE_URL: postgres.url }),
  ...(python.programs === undefined ? {} : { WINNOW_TEST_PYTHON: python.programs }),
  ...(stores.programs === undefined ? {} : { WINNOW_TEST_STORES: stores.programs }),
};
Object.assign(process.env, env, forTests);
process.stderr.write('\n== tests\n');
const startedAt = Date.now();
let projects;
try {
  projects = jestArguments.length > 0 ? testSome() : testAll();
} finally {
  postgres.stop?.();
}

const sum = (count) => projects.reduce((total, project) => total + count(project), 0);
const skipped = projects.flatMap((project) => project.skipped);
if (skipped.length > 0) process.stderr.write(`\nSkipped:\n${skipped.map((name) => `  ${name}`).join('\n')}\n`);
const failedTests = sum((project) => project.failed);
const failed = failedTests + failures.length;
note('tests', failedTests === 0, startedAt);
process.stderr.write(`\n${timings.join('\n')}\n`);
if (failures.length > 0) process.stderr.write(`Failed: ${failures.join(', ')}\n`);
process.stdout.write(`${sum((project) => project.passed)} passed, ${failed} failed, ${skipped.length} skipped\n`);
process.exitCode = failed === 0 ? 0 : 1;
