#!/usr/bin/env node
/**
 * Processor time of a training by `winnow` that finds kept what the teacher said, beside one that must ask, in turn:
 *   npm run bench -- kept-outputs [--world FOLDER] [--epochs 6] [--pairs 2] [--json]
 * The bar is for images and networks as of web7 (docs/worlds.md); without --world they are the demo's. Ends with 1
 * where the ratio is above the bar, or students differ. The last line of stdout is a JSON object.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../../tools/ensure-dependencies.mjs';
import { requireTypeScript } from '../../../tools/require-typescript.mjs';
import { checkEqual, printChecks } from './print-checks.mjs';

const { runMeasured } = requireTypeScript('bench/src/harness/process-usage.ts');

const WINNOW = path.join(ROOT, 'apps/winnow/bin/winnow.js');
const MOST_RATIO = 0.85;

const { values } = parseArgs({
  options: {
    world: { type: 'string' },
    epochs: { type: 'string', default: '6' },
    pairs: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
  },
});
const pairs = Number(values.pairs);
const world = values.world === undefined ? undefined : path.resolve(values.world);

const folder = mkdtempSync(path.join(tmpdir(), 'winnow-kept-outputs-'));
const at = (...names) => path.join(folder, ...names);
const seconds = { kept: [], asked: [] };
const students = new Set();
try {
  makeProject();
  // Makes the split, which later runs of either kind find, and asks the teacher for all of them.
  await train('1');
  for (let pair = 0; pair < pairs; pair += 1) {
    // The order changes, as the machine may become slower or faster.
    const order = pair % 2 === 0 ? ['kept', 'asked'] : ['asked', 'kept'];
    for (const kind of order) seconds[kind].push(await measure(kind));
  }
  const sumOf = (list) => list.reduce((sum, one) => sum + one, 0);
  const ratio = Number((sumOf(seconds.kept) / sumOf(seconds.asked)).toFixed(3));
  const [kept, asked] = [seconds.kept, seconds.asked].map((list) => Number((sumOf(list) / pairs).toFixed(1)));
  const name = world === undefined ? 'demo' : path.basename(world);
  if (!values.json) {
    process.stdout.write(
      `${name}, ${values.epochs} epochs, mean of ${pairs}: ${kept} processor seconds with what was kept, ${asked} without.\n`,
    );
    if (world === undefined)
      process.stdout.write('The bar is for a world like web7 (--world): that of the small demo may be another.\n');
  }
  const checks = [
    checkEqual('students, by their weights', 1, students.size),
    {
      name: 'processor time with what was kept, over that without',
      expected: MOST_RATIO,
      found: ratio,
      ok: ratio <= MOST_RATIO,
    },
  ];
  const figures = { world: name, keptSeconds: kept, askedSeconds: asked, ratio };
  process.exitCode = printChecks(checks, { isJson: values.json, ...figures }) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function makeProject() {
  const run = (...args) =>
    execFileSync(process.execPath, args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  if (world === undefined) run(path.join(ROOT, 'tools/worlds/demo.mjs'), at('demo'));
  run(WINNOW, 'import', at('p.yaml'), world ?? at('demo'));
  run(WINNOW, 'build', at('p.yaml'));
}

/** @returns processor seconds of a whole `winnow train`, which starts with or without kept outputs */
async function measure(kind) {
  rmSync(at('.winnow/runs'), { recursive: true });
  if (kind === 'asked') rmSync(at('.winnow/predictions'), { recursive: true });
  if (existsSync(at('.winnow/predictions')) !== (kind === 'kept')) throw new Error('No outputs were kept');
  const { cpuSeconds } = await train(values.epochs);
  const [run] = readdirSync(at('.winnow/runs'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  students.add(
    createHash('sha256')
      .update(readFileSync(at('.winnow/runs', run.name, 'student.safetensors')))
      .digest('hex'),
  );
  process.stderr.write(`${kind}: ${cpuSeconds.toFixed(1)} processor seconds\n`);
  return cpuSeconds;
}

function train(epochs) {
  return runMeasured({
    command: process.execPath,
    args: [WINNOW, 'train', at('p.yaml'), '--method', 'winnow', '--epochs', epochs],
    cwd: folder,
    env: { ...process.env, TF_NUM_INTRAOP_THREADS: '1' },
    signal: new AbortController().signal,
  });
}
