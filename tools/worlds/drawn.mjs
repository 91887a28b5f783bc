#!/usr/bin/env node
/** A world of drawn outlines with as many classes as wanted, which needs no data. See docs/worlds.md. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { drawnWorld } from './drawn/drawn-world.mjs';
import { numberOption, runTool } from './run-tool.mjs';
import { workspace } from './workspace.mjs';

const { WinnowError } = workspace('@winnow/contracts');
const DEFAULTS = {
  classes: '100',
  'per-class': '100',
  'teacher-per-class': '100',
  'test-per-class': '20',
  epochs: '12',
  seed: '1',
};
const USAGE = `node tools/worlds/drawn.mjs OUT ${Object.entries(DEFAULTS)
  .map(([name, value]) => `[--${name} ${value}]`)
  .join(' ')} [--teacher OUT.safetensors] [--json]`;

await runTool(USAGE, async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...Object.fromEntries(
        Object.entries(DEFAULTS).map(([name, value]) => [name, { type: 'string', default: value }]),
      ),
      teacher: { type: 'string' },
      json: { type: 'boolean' },
    },
  });
  if (positionals.length !== 1) throw new WinnowError('USAGE', 'Name the folder to write');
  const out = path.resolve(positionals[0]);
  const number = (name, min, max) => numberOption(name, values[name], { min, max });
  const made = await drawnWorld(out, {
    classCount: number('classes', 2, 1000),
    perClass: number('per-class', 1, 10_000),
    teacherPerClass: number('teacher-per-class', 1, 10_000),
    testPerClass: number('test-per-class', 1, 1000),
    epochs: number('epochs', 1, 1000),
    seed: number('seed', 0, 2 ** 32),
    teacher: path.resolve(values.teacher ?? `${out}.safetensors`),
  });
  const { clean, closed, open } = made.kinds;
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ out, ...made })}\n`
      : [
          `${made.name}: ${made.images} images (${clean} clean, ${closed} closed, ${open} open) in ${out}`,
          `teacher: right for ${(made.teacher * 100).toFixed(2)} % of ${made.test} test images\n`,
        ].join('\n'),
  );
});
