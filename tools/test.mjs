#!/usr/bin/env node
/**
 * `npm test`: sets everything up, then runs every check and ends with `N passed, N failed, N skipped`.
 * Arguments go to jest: `npm test -- --selectProjects noise`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import path from 'node:path';
import { ensureDependencies, ROOT } from './ensure-dependencies.mjs';
import { startTestPostgres } from './test-postgres.mjs';
import { prepareTestPython } from './test-python.mjs';

const jestArguments = process.argv.slice(2);
const PROCESSORS = Math.min(2, availableParallelism());
/** Two more than processors where memory is for it, as specs wait for disks, timers and other programs. */
const WORKERS = totalmem() < 15e9 ? PROCESSORS : PROCESSORS + 2;
/** Young objects are most of what specs leave; with room for them they are collected a tenth cheaper. */
const COLLECT_LESS = '--max-semi-space-size=64';
const env = {
  ...process.env,
  CI: 'true',
  NX_DAEMON: 'false',
  NX_TUI: 'false',
  NX_NO_CLOUD: 'true',
  WINNOW_LOOPBACK_ONLY: '1',
};
/** What was checked before and is the same is not parsed again. */
const PRETTIER_CACHE = ['--cache', '--cache-strategy', 'content', '--cache-location', 'node_modules/.cache/prettier'];
const timings = [];
const failures = [];

/** Runs one check; its output is shown. */
function check(name, command, args, extra = {}) {
  process.stderr.write(`\n== ${name}\n`);
  const startedAt = Date.now();
  const result = spawnSync(command, args, { cwd: ROOT, stdio: ['ignore', 2, 2], env: { ...env, ...extra } });
  note(name, result.status === 0, startedAt);
}

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

/** Fetches and builds the engine that the tests want. @returns its name; undefined where that failed */
function prepareEngine() {
  process.stderr.write('\n== engine\n');
  const startedAt = Date.now();
  const command = ['apps/winnow/bin/winnow.js', 'doctor', '--install', '--variant', 'cpu', '--json'];
  const { status, stdout } = spawnSync(process.execPath, command, { cwd: ROOT, stdio: ['ignore', 'pipe', 2], env });
  note('engine', status === 0, startedAt);
  if (status !== 0) process.stderr.write(stdout);
  return status === 0 ? JSON.parse(stdout.toString()).engine : undefined;
}

/** Starts what tests need beside the engine. */
async function preparePrograms() {
  const postgres = process.env.WINNOW_TEST_DATABASE_URL
    ? { url: process.env.WINNOW_TEST_DATABASE_URL }
    : await startTestPostgres();
  return { python: await prepareTestPython(), postgres };
}

/** The compiled one; ESLint and Nx need the one that is written in JavaScript. */
const COMPILER = path.join(ROOT, 'node_modules/typescript-native/bin/tsc');
const bin = (name) => path.join(ROOT, 'node_modules/.bin', name);
ensureDependencies();
const engine = prepareEngine();
requireEverything('libtensorflow', engine === 'tensorflow');
// The network is waited for while checks compute.
const preparing = preparePrograms();
// Lint's rule of boundaries reads the project graph that this caches.
await checkBeside(['project references', bin('nx'), ['sync:check']]);
await checkAll([
  ['lint', bin('eslint'), ['.']],
  ['lint with types', bin('oxlint'), ['--type-aware']],
  ['package', process.execPath, ['tools/check-package.mjs']],
  ['types', process.execPath, [COMPILER, '-b']],
  ['formatting', bin('prettier'), ['--check', '.', '--log-level', 'warn', ...PRETTIER_CACHE]],
  ['house', process.execPath, ['tools/house.mjs', '--check']],
  ['migrations', process.execPath, ['tools/check-migrations.mjs']],
  ['results page', process.execPath, ['bench/src/results/render.mjs', '--check']],
  ['docker files', process.execPath, ['tools/check-docker.mjs']],
]);

const { python, postgres } = await preparing;
if (python.programs === undefined) {
  process.stderr.write(`\nTests that read shards with Python are skipped: ${python.reason}\n`);
}
requireEverything('Python with its readers of shards', python.programs !== undefined);
if (postgres.url === undefined) process.stderr.write(`\nTests on a Postgres server are skipped: ${postgres.reason}\n`);
requireEverything('Postgres', postgres.url !== undefined);
const scratch = mkdtempSync(path.join(tmpdir(), 'winnow-test-'));
const reportFile = path.join(scratch, 'jest.json');
let report;
try {
  check(
    'tests',
    process.execPath,
    [COLLECT_LESS, bin('jest'), '--json', `--outputFile=${reportFile}`, `--maxWorkers=${WORKERS}`, ...jestArguments],
    {
      // Each worker has a processor to itself: more threads of libtensorflow would only get in each other's way.
      TF_NUM_INTRAOP_THREADS: process.env.TF_NUM_INTRAOP_THREADS ?? '1',
      NODE_OPTIONS:
        `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --disable-warning=ExperimentalWarning`.trim(),
      ...(postgres.url === undefined ? {} : { WINNOW_TEST_DATABASE_URL: postgres.url }),
      ...(python.programs === undefined ? {} : { WINNOW_TEST_PYTHON: python.programs }),
    },
  );
  report = JSON.parse(readFileSync(reportFile, 'utf8'));
} catch (error) {
  failures.push('test report');
  process.stderr.write(`The test runner wrote no report: ${error.message}\n`);
} finally {
  postgres.stop?.();
  rmSync(scratch, { recursive: true, force: true });
}

const skipped = (report?.testResults ?? []).flatMap((file) =>
  file.assertionResults.filter(({ status }) => status === 'pending').map(({ fullName }) => fullName),
);
if (skipped.length > 0) process.stderr.write(`\nSkipped:\n${skipped.map((name) => `  ${name}`).join('\n')}\n`);
process.stderr.write(`\n${timings.join('\n')}\n`);
const brokenFiles = (report?.testResults ?? []).filter(
  ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
);
const failed = (report?.numFailedTests ?? 0) + brokenFiles.length + failures.filter((name) => name !== 'tests').length;
if (failures.length > 0) process.stderr.write(`Failed: ${failures.join(', ')}\n`);
process.stdout.write(
  `${report?.numPassedTests ?? 0} passed, ${failed} failed, ${report?.numPendingTests ?? 0} skipped\n`,
);
process.exitCode = failures.length === 0 ? 0 : 1;
