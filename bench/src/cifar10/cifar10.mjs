#!/usr/bin/env node
/**
 * CIFAR-10 end to end, as a person would: import the training images, build a data set against the test images,
 * and look what the leak check found of the near-duplicates that people marked (ciFAIR):
 * npm run bench -- cifar10 DATA_FOLDER [--keep FOLDER] [--json]
 * DATA_FOLDER holds cifar10.tar.gz (train/CLASS/NNNN.jpg, test/CLASS/NNNN.jpg) and cifair-pairs.csv.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { requireTypeScript } from '../../../tools/require-typescript.mjs';
import { runJson } from '../harness/run-winnow.mjs';
import { leakFigures } from './leak-figures.mjs';

const { openDatabase, listExclusions } = requireTypeScript('libs/db/src/index.ts');
const { streamTar } = requireTypeScript('libs/shards/src/index.ts');

const PROJECT = 'cifar10.yaml';
const MAX_BYTES = 1_000_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { keep: { type: 'string' }, json: { type: 'boolean', default: false } },
});
const [dataFolder] = positionals;
if (dataFolder === undefined) {
  process.stderr.write('usage: npm run bench -- cifar10 DATA_FOLDER [--keep FOLDER] [--json]\n');
  process.exit(2);
}
const scratch = values.keep ?? mkdtempSync(path.join(tmpdir(), 'winnow-cifar10-'));
const steps = [];
try {
  mkdirSync(scratch, { recursive: true });
  await time('unpack', unpack);
  const imported = await time('import', () => winnow('import', PROJECT, 'train'));
  const again = await time('import again', () => winnow('import', PROJECT, 'train'));
  steps.at(-2).images = imported.added;
  steps.at(-1).images = again.known;
  writeFileSync(path.join(scratch, PROJECT), projectText());
  const built = await time('build', () => winnow('build', PROJECT));
  steps.at(-1).images = built.counts.originals;
  const rebuilt = await time('build again (nothing to do)', () => winnow('build', PROJECT));
  const figures = leakFigures({
    exclusions: await exclusionsOf(built.build),
    digests: digests(),
    pairs: readFileSync(path.join(dataFolder, 'cifair-pairs.csv'), 'utf8'),
  });
  const result = { steps, imported, counts: built.counts, rebuiltSame: rebuilt.digest === built.digest, ...figures };
  process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `${report(result)}\n`);
} finally {
  if (values.keep === undefined) rmSync(scratch, { recursive: true, force: true });
}

async function unpack() {
  const archive = path.join(dataFolder, 'cifar10.tar.gz');
  for await (const { name, bytes } of streamTar(archive, { maxBytes: MAX_BYTES })) {
    if (bytes === null || !/^(?:train|test)\/\w+\/\d+\.jpg$/.test(name)) continue;
    mkdirSync(path.join(scratch, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(scratch, name), bytes);
  }
}

/** What `import` wrote, with the test images. */
function projectText() {
  const text = readFileSync(path.join(scratch, PROJECT), 'utf8');
  return /^evaluate:/m.test(text) ? text : `${text}evaluate:\n  test: test\n`;
}

/** @returns what a command printed with --json */
function winnow(...args) {
  return runJson('winnow', args, { cwd: scratch, env: { DATABASE_URL: '' } });
}

async function time(name, work) {
  const start = performance.now();
  const result = await work();
  steps.push({ name, seconds: (performance.now() - start) / 1000 });
  return result;
}

/** With the reason of each: no command lists all of them. */
async function exclusionsOf(build) {
  const database = await openDatabase({ url: undefined, stateDir: path.join(scratch, '.winnow'), holder: 'cifar10' });
  try {
    return await listExclusions(database.db, build);
  } finally {
    await database.close();
  }
}

/** Paths such as train/cat/0000.jpg by the digest of their files. */
function digests() {
  const found = new Map();
  for (const part of ['train', 'test']) {
    for (const className of readdirSync(path.join(scratch, part))) {
      for (const name of readdirSync(path.join(scratch, part, className))) {
        const file = [part, className, name].join('/');
        const sha256 = createHash('sha256')
          .update(readFileSync(path.join(scratch, file)))
          .digest('hex');
        found.set(sha256, [...(found.get(sha256) ?? []), file]);
      }
    }
  }
  return found;
}

function report({ steps: timed, counts, clear, unclear, leaks, falseAlarms, duplicates, rebuiltSame }) {
  return [
    ...timed.map(({ name, seconds, images }) => {
      const rate = images === undefined ? '' : `, ${images} images, ${(images / seconds).toFixed(0)} img/s`;
      return `${name.padEnd(28)} ${seconds.toFixed(1)} s${rate}`;
    }),
    `samples ${counts.samples} of ${counts.originals} originals; left out: ${JSON.stringify(counts.outcomes)}`,
    `the same build again: ${rebuiltSame ? 'same digest' : 'ANOTHER DIGEST'}`,
    `leaks: ${leaks} training images`,
    `clear near-duplicates: found ${clear.found} of ${clear.pairs} (as the very pair ${clear.exact})`,
    ...clear.missed.map(({ train, test, rmse }) => `  missed: ${train} ${test}, rmse ${rmse}`),
    `pairs that people were not sure of: left out ${unclear.found} of ${unclear.pairs}`,
    `in no pair of the list: ${falseAlarms.length}`,
    ...falseAlarms.map(({ train, detail }) => `  ${train}: ${detail}`),
    `copies among the training images: ${JSON.stringify(duplicates)}`,
  ].join('\n');
}
