#!/usr/bin/env node
/**
 * One student on two processes of PyTorch (gloo), from the shards of a build: its loss falls, and winnow reads its weights.
 *   npm run bench -- torchrun [--epochs 4] [--json]
 * Ends with 1 if a check failed. The last line of stdout is a JSON object.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../../tools/ensure-dependencies.mjs';
import { prepareTestPython } from '../../../tools/test-python.mjs';
import { runJson } from '../harness/run-winnow.mjs';
import { printChecks } from './print-checks.mjs';

/** Guessing one of eight classes is right for .125. */
const LEAST_ACCURACY = 0.4;
const DEMO = path.join(ROOT, 'examples/demo');
const TEACHER = path.join(DEMO, 'teacher/teacher.safetensors');

const { values } = parseArgs({
  options: { epochs: { type: 'string', default: '4' }, json: { type: 'boolean', default: false } },
});
const { programs, reason } = await prepareTestPython('PYTORCH');
if (programs === undefined) throw new Error(reason);
const folder = mkdtempSync(path.join(tmpdir(), 'winnow-torchrun-'));
try {
  const at = (...names) => path.join(folder, ...names);
  const node = (...args) =>
    execFileSync(process.execPath, args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  node(path.join(ROOT, 'tools/worlds/demo.mjs'), at('demo'));
  const winnow = path.join(ROOT, 'apps/winnow/bin/winnow.js');
  node(winnow, 'import', at('demo.yaml'), at('demo'));
  node(winnow, 'build', at('demo.yaml'));
  const [build] = readdirSync(at('.winnow/builds'));
  const losses = distil(at('.winnow/builds', build), at('student.safetensors'));
  mkdirSync(at('test'));
  execFileSync('tar', ['-xf', path.join(DEMO, 'test.tar'), '-C', at('test')]);
  const asked = ['--format', 'safetensors', '--precision', 'float32', '--check', at('test'), '--out', at('export')];
  const { exports } = runJson('winnow', ['export', at('student.safetensors'), ...asked]);
  const { accuracy } = exports[0];
  const checks = [
    {
      name: 'epochs',
      expected: Number(values.epochs),
      found: losses.length,
      ok: losses.length === Number(values.epochs),
    },
    { name: 'the loss falls', expected: true, found: losses, ok: losses.at(-1) < losses[0] / 2 },
    {
      name: 'accuracy as winnow measures it',
      expected: LEAST_ACCURACY,
      found: accuracy,
      ok: accuracy > LEAST_ACCURACY,
    },
  ];
  process.exitCode = printChecks(checks, { isJson: values.json }) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** @returns {number[]} the loss of each epoch */
function distil(build, out) {
  const script = path.join(ROOT, 'tools/pytorch/distil.py');
  const options = [
    '--teacher',
    TEACHER,
    '--model',
    'resnet8',
    '--out',
    out,
    '--epochs',
    values.epochs,
    '--batch',
    '32',
  ];
  const run = spawnSync(path.join(programs, 'torchrun'), ['--nproc-per-node', '2', script, build, ...options], {
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1' },
  });
  if (run.status !== 0) throw new Error(`torchrun ended with ${run.status}: ${run.stderr.slice(-3000)}`);
  return run.stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line).loss);
}
