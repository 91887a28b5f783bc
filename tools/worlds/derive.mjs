#!/usr/bin/env node
/**
 * A world whose pool is a part of another world's: without one kind of image, with another share of open noise, or
 * smaller. See docs/worlds.md.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { KINDS } from './derive/choose-rows.mjs';
import { deriveWorld } from './derive/derive-world.mjs';
import { numberOption, runTool } from './run-tool.mjs';
import { workspace } from './workspace.mjs';

const { WinnowError } = workspace('@winnow/contracts');
const USAGE =
  'node tools/worlds/derive.mjs WORLD OUT [--drop clean|closed|open] [--open-share 0..0.95] [--limit IMAGES] [--seed 1] [--name NAME] [--json]';

await runTool(USAGE, async () => {
  const text = { type: 'string' };
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      drop: text,
      'open-share': text,
      limit: text,
      seed: { ...text, default: '1' },
      name: text,
      json: { type: 'boolean' },
    },
  });
  if (positionals.length !== 2) throw new WinnowError('USAGE', 'Name the world and the folder to write');
  const { drop, name } = values;
  if (drop !== undefined && !KINDS.includes(drop)) {
    throw new WinnowError('USAGE', `There is no kind ${JSON.stringify(drop.slice(0, 40))}`, { where: '--drop' });
  }
  const [source, out] = positionals.map((place) => path.resolve(place));
  const openFraction = numberOption('open-share', values['open-share'], { min: 0, max: 0.95, whole: false });
  const limit = numberOption('limit', values.limit, { min: 1, max: 1e9 });
  const request = {
    ...(drop !== undefined && { drop }),
    ...(openFraction !== undefined && { openFraction }),
    ...(limit !== undefined && { limit }),
  };
  const seed = numberOption('seed', values.seed, { min: 0, max: 2 ** 32 });
  const made = await deriveWorld(source, out, { ...request, name, seed });
  const { clean, closed, open } = made.counts;
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ out, ...made })}\n`
      : `${made.name}: ${made.images} images (${clean} clean, ${closed} closed, ${open} open) in ${out}\n`,
  );
});
