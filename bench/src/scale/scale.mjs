#!/usr/bin/env node
/**
 * The checks of docs/scaling.md, on real servers of this machine:
 *   npm run bench -- scale [--quick] [--only S4,Q1] [--json]
 * --quick leaves out what takes minutes. The last line of stdout is {"passed":…,"failed":…,"missing":…}; ends with 1 where one failed.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../../tools/ensure-dependencies.mjs';
import { runJest } from '../../../tools/nx/run-jest.js';
import { prepareTestPython } from '../../../tools/test-python.mjs';
import { markdown } from '../harness/markdown-table.mjs';
import { startServer } from './psql.mjs';
import { CHECKS } from './scale-checks.mjs';

/** Scripts that take minutes. */
const LONG = new Set(['Q2', 'Q3', 'Q4', 'Q6', 'Q7', 'T4', 'T6', 'T9', 'O1', 'O3', 'O4']);

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const named = values.only?.split(',');
const chosen = CHECKS.filter(({ id }) => (named === undefined ? !(values.quick && LONG.has(id)) : named.includes(id)));

const stores = await prepareTestPython('OBJECT_STORES');
if (stores.programs === undefined) throw new Error(stores.reason);
const server = await startServer();

const tests = runSpecs([...new Set(chosen.flatMap(({ spec }) => spec?.file ?? []))]);
server.stop();
const rows = chosen.map((check) => ({ ...check, ...resultOf(check) }));
const count = (wanted) => rows.filter(({ result }) => result === wanted).length;
if (!values.json) {
  const cells = rows.map(({ id, check, result, detail }) => [id, check, result, detail]);
  process.stdout.write(`${markdown(['', 'check', 'result', ''], cells)}\n`);
}
const [passed, failed] = [count('passed'), count('failed')];
process.stdout.write(`${JSON.stringify({ passed, failed, missing: count('missing') })}\n`);
process.exitCode = failed === 0 ? 0 : 1;

/** @returns {{ file: string, name: string, status: string }[]} every test of these specs */
function runSpecs(files) {
  if (files.length === 0) return [];
  Object.assign(process.env, {
    NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
    WINNOW_TEST_DATABASE_URL: server.url,
    WINNOW_TEST_STORES: stores.programs,
  });
  return (runJest(['--runTestsByPath', ...files])?.testResults ?? []).flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ fullName, status }) => ({ file: path.relative(ROOT, name), name: fullName, status })),
  );
}

function resultOf({ spec, script }) {
  if (spec !== undefined) {
    const found = tests.filter(({ file, name }) => file === spec.file && spec.match.test(name));
    const ok = found.length > 0 && found.every(({ status }) => status === 'passed');
    return { result: ok ? 'passed' : 'failed', detail: `${found.length} tests` };
  }
  if (script === undefined) return { result: 'missing', detail: '' };
  const [name, ...args] = script;
  const startedAt = Date.now();
  const { status } = spawnSync(process.execPath, [path.join(import.meta.dirname, name), ...args], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
  });
  return { result: status === 0 ? 'passed' : 'failed', detail: `${Math.round((Date.now() - startedAt) / 1000)} s` };
}
