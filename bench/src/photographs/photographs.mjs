#!/usr/bin/env node
/**
 * Pretrained students on a world of photographs, and the same recipe in PyTorch beside it:
 *   npm run bench -- photographs WORLD --model mobilenetv1-025 --weights FILE [--seeds 3] [--epochs 10] [--against pytorch]
 * WORLD is a folder that tools/worlds/photographs.mjs made. Both programs train in turn, seed after seed, on all processors; each
 * line on stdout is one result as JSON, the last their means, with our time for a step by PyTorch's as `ratio`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { requireTypeScript } from '../../../tools/require-typescript.mjs';
import { runJson } from '../harness/run-winnow.mjs';

const { mean } = requireTypeScript('bench/src/harness/figures.ts');
/** Settings of the method winnow. */
const WINNOW = { temperature: 4, views: 2 };
/** Of pixels, as winnow's views of photographs: a 32nd of the side. */
const SHIFT_FRACTION = 32;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: 'string', default: 'mobilenetv1-025' },
    weights: { type: 'string' },
    seeds: { type: 'string', default: '3' },
    epochs: { type: 'string', default: '10' },
    against: { type: 'string' },
    'channels-last': { type: 'boolean', default: false },
    /** The last line is JSON in any case. */
    json: { type: 'boolean', default: false },
  },
});
const [world] = positionals;
if (world === undefined) throw new Error('usage: npm run bench -- photographs WORLD --model M --weights FILE');
const weights = values.weights === undefined ? undefined : path.resolve(values.weights);
const seeds = Array.from({ length: Number(values.seeds) }, (_, index) => index + 1);

const scratch = mkdtempSync(path.join(tmpdir(), 'winnow-photographs-'));
try {
  const pytorch = values.against === 'pytorch' && weights !== undefined ? await preparePytorch() : null;
  const rows = [];
  for (const seed of seeds) {
    const ours = winnow(seed);
    rows.push(ours);
    say(ours);
    if (pytorch === null) continue;
    const theirs = await pytorch(seed, ours.plan);
    rows.push(theirs);
    say(theirs);
  }
  const means = [...new Set(rows.map((row) => row.program))].map((program) => meansOf(program, rows));
  const [ours, theirs] = means;
  say({ means, ...(theirs && { ratio: ours.secondsPerStep / theirs.secondsPerStep }) });
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function say(row) {
  process.stdout.write(`${JSON.stringify(row)}\n`);
}

function meansOf(program, rows) {
  const own = rows.filter((row) => row.program === program);
  const average = (of) => mean(own.map(of));
  const accuracy = average((row) => row.accuracy);
  const deviation = Math.sqrt(
    own.reduce((sum, row) => sum + (row.accuracy - accuracy) ** 2, 0) / Math.max(1, own.length - 1),
  );
  const secondsPerStep = average((row) => row.secondsPerStep);
  return { program, seeds: own.length, accuracy, deviation, secondsPerStep };
}

/** One student by `winnow bench world`, with its defaults. */
function winnow(seed) {
  const args = ['bench', 'world', world, '--student', values.model, '--epochs', values.epochs, '--seed', String(seed)];
  if (weights !== undefined) args.push('--student-weights', weights);
  const result = runJson('winnow', args);
  const { accuracy, steps, seconds, cpuSeconds, peakMemoryBytes, plan, notes } = result;
  return {
    program: 'winnow',
    seed,
    model: values.model,
    accuracy,
    steps,
    secondsPerStep: seconds / steps,
    cpuSeconds,
    peakMemoryBytes,
    plan,
    notes,
  };
}

/** Writes the pool, its teacher's logits and the test images for PyTorch. @returns how to train one student */
async function preparePytorch() {
  const { openWorld } = requireTypeScript('apps/trainer/src/measure/open-world.ts');
  const { startTensorEngine } = requireTypeScript('apps/trainer/src/start-tensor-engine.ts');
  const { pythonWith } = requireTypeScript('bench/src/harness/python-environment.ts');
  const { PYTORCH } = requireTypeScript('bench/src/harness/python-environments.ts');
  const { predict } = requireTypeScript('libs/training/src/index.ts');
  const { signal } = new AbortController();
  const io = { log: (line) => process.stderr.write(`${line}\n`), env: process.env, signal };
  await startTensorEngine('auto', io);
  const { pool, test, teacher } = await openWorld(world, io);
  const { images } = pool;
  const { logits } = await predict(teacher.frozen, images, { flipped: true, features: false });
  const keep = (name, array) => {
    const file = path.join(scratch, name);
    writeFileSync(file, Buffer.from(array.buffer, array.byteOffset, array.byteLength));
    return file;
  };
  const request = {
    model: values.model,
    weights,
    classes: images.classes.length,
    size: images.size,
    ...teacher.input,
    columns: teacher.frozen.chosen?.columns,
    shift: Math.round(images.size / SHIFT_FRACTION),
    threads: availableParallelism(),
    channelsLast: values['channels-last'],
    pool: { pixels: keep('pool', images.pixels), logits: keep('logits', logits) },
    test: { pixels: keep('test', test.pixels), labels: keep('labels', test.labels) },
  };
  teacher.dispose();
  const python = await pythonWith(PYTORCH, io);
  return async (seed, plan) => {
    const file = path.join(scratch, 'request.json');
    writeFileSync(file, JSON.stringify({ ...request, ...plan, ...WINNOW, seed }));
    const { command, args, cwd } = await python.call([path.join(import.meta.dirname, 'fine_tune.py'), file]);
    const { status, stdout } = spawnSync(command, args, {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (status !== 0) throw new Error(`PyTorch ended with ${status}`);
    return { program: 'pytorch', seed, model: values.model, ...JSON.parse(stdout) };
  };
}
