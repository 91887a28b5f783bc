#!/usr/bin/env node
/**
 * What calibration does to a teacher of names, on the demo's pool (2,400 images, 45 % of them with the right label) and test images:
 *   npm run bench -- zero-shot [--students] [--seeds 2] [--engine wasm] [--json]
 * Its image tower is the demo's teacher up to the features, its text embeddings are the rows of that teacher's classifier.
 * Prints temperatures, macro-F1 of every split at the trained scale and calibrated, with and without the offsets of CLIP's cosines
 * and SigLIP's bias, and with --students the test accuracy of ResNet-8 after 6 epochs.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { requireTypeScript } from '../../../tools/require-typescript.mjs';

const DEMO = path.join(import.meta.dirname, '../../../examples/demo');
const SIDE = 32;
const SCALE = 100;
/** CLIP's cosines between an image and any name are about a quarter; SigLIP's bias is some -13. */
const OFFSETS = [0, 25, -13];

const { values: options } = parseArgs({
  options: {
    students: { type: 'boolean', default: false },
    seeds: { type: 'string', default: '2' },
    engine: { type: 'string', default: 'wasm' },
    json: { type: 'boolean', default: false },
  },
});
const models = requireTypeScript('libs/models/src/index.ts');
const noise = requireTypeScript('libs/noise/src/index.ts');
const training = requireTypeScript('libs/training/src/index.ts');
const { startTensorEngine } = requireTypeScript('apps/trainer/src/start-tensor-engine.ts');
const { loadNetwork, loadNativeNetwork } = requireTypeScript('apps/trainer/src/teacher/load-teacher.ts');
const { decodeUserSquares } = requireTypeScript('apps/trainer/src/data/decode-user-images.ts');
const { loadLabelledImages } = requireTypeScript('apps/trainer/src/data/load-labelled-images.ts');
const { readDemoListing } = requireTypeScript('libs/testing/src/demo-listing.ts');
const { imageSheets } = requireTypeScript('libs/testing/src/image-sheets.ts');

const lines = [];
await startTensorEngine(options.engine, { log: () => undefined, env: process.env, cwd: process.cwd() });
const weights = path.join(DEMO, 'teacher/teacher.safetensors');
const { text, network } = await readTeacher();
const { classes } = text;
const { images, trueLabels } = await readPool();
const scratch = mkdtempSync(path.join(tmpdir(), 'winnow-zero-shot-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));
execFileSync('tar', ['-xf', path.join(DEMO, 'test.tar'), '-C', scratch]);
const loading = { size: SIDE, resize: 'squash', signal: new AbortController().signal };
const test = await loadLabelledImages(scratch, classes, loading);

const pool = await training.predict(teacherAt(1), images);
const known = [...trueLabels.keys()].filter((row) => trueLabels[row] !== noise.NO_CLASS);
const fitted = {
  'true labels of the pool': noise.fitTemperature(
    rowsOf(pool.logits, known),
    Int32Array.from(known, (row) => trueLabels[row]),
    classes.length,
  ),
  'noisy labels': noise.startTemperature(
    noise.candidateClasses(pool.logits, images.labels, classes.length),
    images.labels,
  ),
  'noisy labels, taken for right': noise.fitTemperature(pool.logits, images.labels, classes.length),
};
for (const [what, temperature] of Object.entries(fitted)) print(`temperature by ${what}: ${temperature.toFixed(1)}`);
const right = fitted['true labels of the pool'];
for (const temperature of [1, right]) {
  const scores = await training.predict(teacherAt(temperature), test);
  const [accuracy, error] = [training.accuracy, training.calibrationError].map((of) =>
    percent(of(scores, test.labels)),
  );
  print(`temperature ${temperature.toFixed(1)}: test accuracy ${accuracy}, calibration error ${error}`);
  for (const offset of OFFSETS.map((offset) => offset / temperature))
    print(`  offset ${offset.toFixed(0)}: ${splitsOf(temperature, offset)}`);
}
if (options.students) {
  for (let seed = 1; seed <= Number(options.seeds); seed += 1) {
    for (const method of ['kd', 'winnow']) {
      for (const temperature of [1, right]) {
        print(
          `${method}, temperature ${temperature.toFixed(1)}, seed ${seed}: ${await studentOf(method, temperature, seed)}`,
        );
      }
    }
  }
}
if (options.json) process.stdout.write(`${JSON.stringify({ temperatures: fitted, lines })}\n`);

async function readTeacher() {
  const own = await loadNativeNetwork(weights);
  const rows = models.decodeSafetensors(own.bytes).tensors.get(`${own.model.classifierName}.weight`);
  own.model.dispose();
  const bytes = models.encodeSafetensors(new Map([['text', rows]]), { classes: JSON.stringify(own.classes) });
  return { text: models.readTextEmbeddings(bytes, weights), network: await loadNetwork(weights) };
}

function teacherAt(temperature) {
  const { frozen, input } = network;
  const forward = (sources) => frozen.outputs(sources);
  const tower = { classCount: frozen.classCount, featureDim: frozen.featureDim, forward, dispose: () => undefined };
  const scaled = models.zeroShotNetwork(tower, text, { scale: SCALE / temperature, where: weights });
  return training.externalFrozen(scaled, input);
}

async function readPool() {
  const listing = readDemoListing(DEMO);
  const render = imageSheets(DEMO, listing);
  const { rows } = listing;
  const pixels = new Uint8Array(rows.length * SIDE * SIDE * 3);
  const sources = rows.map((row) => ({ where: row.url, read: async () => (await render(row)).bytes }));
  await decodeUserSquares(sources, { size: SIDE, resize: 'squash', pixels, source: DEMO });
  const labels = Int32Array.from(rows, (row) => classes.indexOf(row.class));
  const keys = rows.map((_, index) => String(index));
  return {
    images: { count: rows.length, size: SIDE, pixels, keys, labels, classes },
    trueLabels: Int32Array.from(rows, ({ truth }) => (truth === null ? noise.NO_CLASS : classes.indexOf(truth))),
  };
}

function splitsOf(temperature, offset) {
  const logits = pool.logits.map((value) => value / temperature + offset);
  const features = { values: pool.features, dim: pool.featureDim };
  const input = { logits, labels: images.labels, classCount: classes.length, features, seed: 1 };
  return Object.entries(noise.SPLITS)
    .map(([method, split]) => {
      const quality = noise.splitQuality(split(input), { method, givenLabels: images.labels, trueLabels });
      return `${method} ${percent(quality.macroF1)}`;
    })
    .join(', ');
}

async function studentOf(method, temperature, seed) {
  const model = models.createModel('resnet8', { classCount: classes.length, seed });
  await training.train({
    method: training.METHODS[method],
    data: { images, split: null },
    teacher: teacherAt(temperature),
    student: { model, input: network.input },
    options: { epochs: 6, batch: 64, seed, learningRate: 0.05 },
  });
  const scores = await training.predict(training.freezeModel(model, network.input), test);
  model.dispose();
  return percent(training.accuracy(scores, test.labels));
}

function rowsOf(logits, rows) {
  const width = classes.length;
  return Float32Array.from(rows.flatMap((row) => [...logits.subarray(row * width, (row + 1) * width)]));
}

function percent(fraction) {
  return `${(100 * fraction).toFixed(1)} %`;
}

function print(line) {
  lines.push(line);
  if (!options.json) process.stdout.write(`${line}\n`);
}
