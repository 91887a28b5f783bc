#!/usr/bin/env node
/**
 * Feeds changed and hostile bytes to every parser that meets external ones, each in a process of its own:
 *   node tools/fuzz.mjs [TARGET ...] [--minutes 60] [--seed 1] [--keep FOLDER] [--json] [--sanitize]
 * An input fails that ends the process, takes more than --limit-seconds of processor time (or a minute of waiting), or makes a parser throw anything but the refusal that it
 * promises. Failing inputs, and the slowest of each target where it took over half a second, are kept in --keep. Ends with 1 if any failed.
 * --sanitize compiles the JPEG codec for AddressSanitizer and starts the processes under it, with g++ and its libasan.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { sanitizedEnvironment } from './fuzz/sanitized-environment.mjs';
import { TARGETS } from './fuzz/targets.mjs';
import { requireTypeScript } from './require-typescript.mjs';

const { readProcess } = requireTypeScript('bench/src/harness/process-tree.ts');
const ROUNDS = 4;
const PROCESS = path.join(import.meta.dirname, 'fuzz/fuzz-process.mjs');
const HEAP_MEGABYTES = 1024;
const MAX_WAIT_MILLIS = 60_000;

const { values, positionals } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    'limit-seconds': { type: 'string', default: '15' },
    keep: { type: 'string', default: 'fuzz-failures' },
    json: { type: 'boolean', default: false },
    sanitize: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !(name in TARGETS));
if (unknown.length > 0)
  throw new Error(`No target ${unknown.join(', ')}; there are ${Object.keys(TARGETS).join(', ')}`);
const names = positionals.length > 0 ? positionals : Object.keys(TARGETS);
const sliceMillis = (Number(values.minutes) * 60_000) / (ROUNDS * names.length);
const limitSeconds = Number(values['limit-seconds']);

const scratch = mkdtempSync(path.join(tmpdir(), 'winnow-fuzz-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));

const env = values.sanitize ? await sanitizedEnvironment(path.join(scratch, 'cache')) : process.env;

let kept = 0;
const totals = new Map();
for (let round = 0; round < ROUNDS; round += 1) {
  for (const name of names) add(name, await slice(name, `${values.seed}/${round}`));
}
const rows = [...totals.values()];
for (const row of rows) process.stderr.write(`${describe(row)}\n`);
const failures = rows.reduce((sum, row) => sum + row.failures, 0);
const inputs = rows.reduce((sum, row) => sum + row.inputs, 0);
process.stderr.write(`${inputs} inputs, ${failures} failures\n`);
if (values.json)
  process.stdout.write(`${JSON.stringify({ minutes: Number(values.minutes), inputs, failures, rows })}\n`);
process.exitCode = failures === 0 ? 0 : 1;

/** One process for a while; where an input ends it, another goes on with the next. */
async function slice(name, seed) {
  const endMillis = Date.now() + sliceMillis;
  const sum = { inputs: 0, refused: 0, worstMillis: 0, peakMegabytes: 0, failures: 0, skipped: undefined };
  for (let part = 0; Date.now() < endMillis; part += 1) {
    const { counts, failed } = await runProcess(name, `${seed}/${part}`, endMillis);
    if (counts?.skipped !== undefined) return { ...sum, skipped: counts.skipped };
    sum.inputs += counts?.inputs ?? 0;
    sum.refused += counts?.refused ?? 0;
    if (counts?.slowest !== undefined && counts.worstMillis > sum.worstMillis) {
      keep(name, `${counts.worstMillis} ms`, Buffer.from(counts.slowest, 'base64'), `slow-${name}`);
    }
    sum.worstMillis = Math.max(sum.worstMillis, counts?.worstMillis ?? 0);
    sum.peakMegabytes = Math.max(sum.peakMegabytes, counts?.peakMegabytes ?? 0);
    sum.failures += counts?.failures.length ?? 0;
    for (const failure of counts?.failures ?? []) keep(name, failure.reason, Buffer.from(failure.input, 'base64'));
    if (failed !== undefined) {
      sum.failures += 1;
      keep(name, failed, readFileSync(path.join(scratch, 'input')));
    }
  }
  return sum;
}

/** @returns what the process counted so far, and how it failed, where it did not end by itself */
function runProcess(name, seed, endMillis) {
  return new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      [`--max-old-space-size=${HEAP_MEGABYTES}`, PROCESS, name, seed, String(endMillis), scratch],
      { cwd: scratch, env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] },
    );
    let counts;
    let log = '';
    let isHung = false;
    let last = { millis: Date.now(), cpuSeconds: 0 };
    const watch = setInterval(() => {
      const { cpuSeconds = 0 } = readProcess(child.pid) ?? {};
      if (cpuSeconds - last.cpuSeconds < limitSeconds && Date.now() - last.millis < MAX_WAIT_MILLIS) return;
      isHung = true;
      child.kill('SIGKILL');
    }, 1000);
    child.stderr.on('data', (chunk) => (log = `${log}${chunk}`.slice(-2000)));
    child.on('message', (message) => {
      counts = message;
      last = { millis: Date.now(), cpuSeconds: readProcess(child.pid)?.cpuSeconds ?? last.cpuSeconds };
    });
    child.on('close', (code, signal) => {
      clearInterval(watch);
      const failed = isHung
        ? `over ${limitSeconds} s`
        : code === 0
          ? undefined
          : `ended with ${signal ?? code}: ${log}`;
      resolve({ counts, failed });
    });
  });
}

/** @param label of the file; default: one of its own for each failure */
function keep(name, reason, bytes, label) {
  mkdirSync(values.keep, { recursive: true });
  const file = path.join(values.keep, label ?? `${name}-${(kept += 1)}`);
  writeFileSync(file, bytes);
  writeFileSync(`${file}.txt`, `${reason}\n`);
  if (label !== undefined) return;
  process.stderr.write(`FAILED ${name}: ${reason.split('\n')[0]} (${file})\n`);
}

function add(name, part) {
  const sum = totals.get(name) ?? { name, inputs: 0, refused: 0, worstMillis: 0, peakMegabytes: 0, failures: 0 };
  for (const key of ['inputs', 'refused', 'failures']) sum[key] += part[key];
  for (const key of ['worstMillis', 'peakMegabytes']) sum[key] = Math.max(sum[key], part[key]);
  totals.set(name, part.skipped === undefined ? sum : { ...sum, skipped: part.skipped });
}

function describe({ name, inputs, refused, worstMillis, peakMegabytes, failures, skipped }) {
  if (skipped !== undefined) return `${name}: SKIPPED, ${skipped}`;
  return (
    `${name}: ${inputs} inputs, ${refused} refused, worst ${worstMillis.toFixed(0)} ms, ` +
    `process at most ${peakMegabytes.toFixed(0)} MB, ${failures} failures`
  );
}
