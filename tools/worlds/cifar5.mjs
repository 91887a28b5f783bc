#!/usr/bin/env node
/** A world of five classes of CIFAR-10 under one annotator's labels. See docs/worlds.md for what the data folder must hold. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { cifar5World } from './cifar5/cifar5-world.mjs';
import { numberOption, runTool } from './run-tool.mjs';
import { workspace } from './workspace.mjs';

const { WinnowError } = workspace('@winnow/contracts');
const USAGE =
  'node tools/worlds/cifar5.mjs DATA_FOLDER OUT [--teacher OUT.safetensors] [--teacher-images 2000] [--epochs 20] [--seed 1] [--json]';

await runTool(USAGE, async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      teacher: { type: 'string' },
      'teacher-images': { type: 'string', default: '2000' },
      epochs: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean' },
    },
  });
  if (positionals.length !== 2) throw new WinnowError('USAGE', 'Name the folder of the data and the folder to write');
  const [data, out] = positionals.map((name) => path.resolve(name));
  const made = await cifar5World(data, out, {
    teacher: path.resolve(values.teacher ?? `${out}.safetensors`),
    teacherPerClass: numberOption('teacher-images', values['teacher-images'], { min: 1, max: 4000 }),
    epochs: numberOption('epochs', values.epochs, { min: 1, max: 1000 }),
    seed: numberOption('seed', values.seed, { min: 0, max: 2 ** 32 }),
    say: (line) => process.stderr.write(`${line}\n`),
  });
  const { clean, closed, open } = made.kinds;
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ out, ...made })}\n`
      : [
          `cifar5: ${made.images} images (${clean} clean, ${closed} closed, ${open} open) in ${out}`,
          `teacher: right for ${(made.teacher * 100).toFixed(2)} % of ${made.test} test images\n`,
        ].join('\n'),
  );
});
