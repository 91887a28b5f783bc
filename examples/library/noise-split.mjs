#!/usr/bin/env node
/**
 * Which labels are right, by the logits of a network of your own. From the clone:
 *   node examples/library/noise-split.mjs predictions.csv [winnow|edl-gmm|small-loss|agreement|knn] > kinds.csv
 * predictions.csv has a header with `image`, `label` and the name of each class; in a line stand an image, the class under which
 * it was found, and the network's logit of each class. Printed is, for each image, whether its label looks clean, closed (the image
 * shows another of the classes) or open (none of them), how likely each is, and the class to take in place of a closed label.
 * `winnow` fits a model to all lines together and wants some hundred; `agreement` judges each by the others of its class.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
require('../../apps/winnow/bin/register-typescript.js');
const { NOISE_KINDS } = require('@winnow/contracts');
const { SPLITS } = require('@winnow/noise');

const [file, method = 'winnow'] = process.argv.slice(2);
if (file === undefined || !Object.hasOwn(SPLITS, method)) {
  throw new Error(`usage: node examples/library/noise-split.mjs predictions.csv [${Object.keys(SPLITS).join('|')}]`);
}
const lines = readFileSync(file, 'utf8').trim().split(/\r?\n/);
const [[, , ...classes], ...rows] = lines.map((line) => line.split(','));
const stranger = rows.find(([, label, ...values]) => !classes.includes(label) || values.length !== classes.length);
if (stranger !== undefined) throw new Error(`a line that does not fit the header: ${stranger.join()}`);

const { kinds, probabilities, refinedLabels } = SPLITS[method]({
  logits: Float32Array.from(rows.flatMap(([, , ...values]) => values.map(Number))),
  labels: Int32Array.from(rows, ([, label]) => classes.indexOf(label)),
  classCount: classes.length,
  seed: 1,
});

console.log(['image', 'kind', ...NOISE_KINDS, 'instead'].join());
for (const [row, [image]] of rows.entries()) {
  const kind = NOISE_KINDS[kinds[row]];
  const chances = Array.from(probabilities.subarray(row * 3, row * 3 + 3), (chance) => chance.toFixed(3));
  console.log([image, kind, ...chances, kind === 'closed' ? classes[refinedLabels[row]] : ''].join());
}
