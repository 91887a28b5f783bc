#!/usr/bin/env node
/** A world of real photographs at 224 px. See docs/worlds.md for what the data folder must hold. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { photographsWorld } from './photographs/photographs-world.mjs';
import { numberOption, runTool } from './run-tool.mjs';
import { workspace } from './workspace.mjs';

const { WinnowError } = workspace('@winnow/contracts');
const USAGE = 'node tools/worlds/photographs.mjs DATA_FOLDER OUT [--limit 2500] [--test-limit 500] [--seed 1] [--json]';

await runTool(USAGE, async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      limit: { type: 'string', default: '2500' },
      'test-limit': { type: 'string', default: '500' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean' },
    },
  });
  if (positionals.length !== 2) throw new WinnowError('USAGE', 'Name the folder of the data and the folder to write');
  const [data, out] = positionals.map((place) => path.resolve(place));
  const made = await photographsWorld(data, out, {
    limit: numberOption('limit', values.limit, { min: 30, max: 100_000 }),
    testLimit: numberOption('test-limit', values['test-limit'], { min: 10, max: 100_000 }),
    seed: numberOption('seed', values.seed, { min: 0, max: 2 ** 32 }),
    say: (line) => process.stderr.write(`${line}\n`),
  });
  const counts = (of) => Object.entries(of).map(([name, count]) => `${count} ${name}`);
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ out, ...made })}\n`
      : [
          `${made.images} images of the pool: ${counts(made.kinds).join(', ')}; from ${counts(made.sources).join(', ')}`,
          `left out as copies of test images: ${made.leaks}`,
          `teacher: right for ${(made.teacher * 100).toFixed(2)} % of ${made.test} test images, among the ten classes`,
          `written to ${out}\n`,
        ].join('\n'),
  );
});
