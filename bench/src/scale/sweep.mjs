#!/usr/bin/env node
/**
 * One comparison in several processes, of which some are killed, on the demo's images:
 *   npm run bench -- sweep [--processes 4] [--kills 10] [--epochs 2] [--json]
 * Compares its students with those of one process to the bit. Ends with 1 if a check failed. The last line of stdout is
 * a JSON object.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ROOT } from '../../../tools/ensure-dependencies.mjs';
import { checkEqual, printChecks } from './print-checks.mjs';

const METHODS = ['ce', 'kd', 'winnow'];
const SEEDS = 3;
const WINNOW = path.join(ROOT, 'apps/winnow/bin/winnow.js');
/** Between two kills; the first comes when one process trains. */
const KILL_MILLIS = 4000;

const { values } = parseArgs({
  options: {
    processes: { type: 'string', default: '4' },
    kills: { type: 'string', default: '10' },
    epochs: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
  },
});
const [processCount, killCount] = [Number(values.processes), Number(values.kills)];

const folder = mkdtempSync(path.join(tmpdir(), 'winnow-sweep-'));
const children = new Set();
try {
  const alone = makeProject('alone');
  const shared = makeProject('shared');
  const aloneAt = Date.now();
  const reference = await compare(alone).ended;
  const aloneSeconds = (Date.now() - aloneAt) / 1000;
  const sharedAt = Date.now();
  const { ends, killed } = await share(shared);
  const sharedSeconds = (Date.now() - sharedAt) / 1000;
  const tables = new Set([reference, ...ends].map(({ results }) => JSON.stringify(withoutCost(results))));
  const runs = runsOf(shared);
  const isEqual = JSON.stringify(runs) === JSON.stringify(runsOf(alone));
  const checks = [
    checkEqual('processes killed', killCount, killed),
    checkEqual('runs, each finished once', METHODS.length * SEEDS, runs.length),
    checkEqual('students and losses as of one process', true, isEqual),
    checkEqual('tables, but for time and memory', 1, tables.size),
  ];
  const figures = { aloneSeconds: Math.round(aloneSeconds), sharedSeconds: Math.round(sharedSeconds) };
  process.exitCode = printChecks(checks, { isJson: values.json, ...figures }) ? 0 : 1;
} finally {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}

/** @returns {string} its folder */
function makeProject(name) {
  const run = (...args) =>
    execFileSync(process.execPath, args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  const at = (...names) => path.join(folder, name, ...names);
  run(path.join(ROOT, 'tools/worlds/demo.mjs'), at('demo'));
  run(WINNOW, 'import', at('demo.yaml'), at('demo'));
  run(WINNOW, 'build', at('demo.yaml'));
  return at();
}

/** A process of the comparison. */
function compare(cwd) {
  const asked = ['--methods', METHODS.join(','), '--seeds', String(SEEDS), '--epochs', values.epochs, '--json'];
  const child = spawn(process.execPath, [WINNOW, 'compare', 'demo.yaml', ...asked], {
    cwd,
    env: { ...process.env, TF_NUM_INTRAOP_THREADS: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let [output, log] = ['', ''];
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (log += chunk));
  const ended = once(child, 'close').then(([code, signal]) => {
    children.delete(child);
    if (signal === 'SIGKILL') return null;
    if (code !== 0) throw new Error(`winnow compare ended with ${code ?? signal}: ${log.slice(-3000)}`);
    return JSON.parse(output);
  });
  // Told by whoever waits for all of them.
  ended.catch(() => undefined);
  return { child, ended, trains: () => log.includes('== ') };
}

/** Runs them side by side; kills one after the other, the one that has run longest first, and begins another for it. */
async function share(cwd) {
  const running = Array.from({ length: processCount }, () => compare(cwd));
  let killed = 0;
  const all = [...running];
  for (; killed < killCount; killed += 1) {
    await delay(KILL_MILLIS);
    // One that fails ends all.
    while (!running.some(({ trains }) => trains()))
      await Promise.race([delay(100), ...running.map(({ ended }) => ended)]);
    const at = running.findIndex(({ child, trains }) => child.exitCode === null && trains());
    if (at < 0) break;
    const [victim] = running.splice(at, 1);
    victim.child.kill('SIGKILL');
    const next = compare(cwd);
    running.push(next);
    all.push(next);
  }
  const ends = await Promise.all(all.map(({ ended }) => ended));
  return { ends: ends.filter((end) => end !== null), killed };
}

/** What students are, by their identity. */
function runsOf(cwd) {
  const runs = path.join(cwd, '.winnow/runs');
  const read = (name, file) => readFileSync(path.join(runs, name, file));
  return readdirSync(runs, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const { identity, weights } = JSON.parse(read(name, 'manifest.json'));
      const lines = read(name, 'metrics.jsonl').toString().trimEnd().split('\n');
      return { identity, sha256: weights?.sha256, losses: lines.map((line) => JSON.parse(line).loss) };
    })
    .sort((a, b) => (a.identity < b.identity ? -1 : 1));
}

function withoutCost(results) {
  return results.map(({ seconds, imagesPerSecond, peakMemoryBytes, ...rest }) => rest);
}
