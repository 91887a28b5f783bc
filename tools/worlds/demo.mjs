#!/usr/bin/env node
/** The images of the demo as a world: each image once, under the class that it was listed for first. See docs/worlds.md. */
import { copyFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readTar, writeTarAsItComes } from '../demo-images/tar.mjs';
import { csvText } from './csv-text.mjs';
import { runTool } from './run-tool.mjs';
import { workspace } from './workspace.mjs';
import { writeWorld } from './write-world.mjs';

const { WinnowError } = workspace('@winnow/contracts');
const { writeFileAtomic } = workspace('@winnow/files');
const { decodeImage, encodePng } = workspace('@winnow/imaging');

const USAGE = 'node tools/worlds/demo.mjs OUT [--json]';
const DEMO = path.resolve(import.meta.dirname, '../../examples/demo');
const LIMITS = { maxPixels: 1e8, minSide: 1, maxAspectRatio: 1e5 };

await runTool(USAGE, async () => {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' } } });
  if (positionals.length !== 1) throw new WinnowError('USAGE', 'Name the folder to write');
  const out = path.resolve(positionals[0]);
  const made = await demoWorld(out);
  const { clean, closed, open } = made.kinds;
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ out, ...made })}\n`
      : `demo: ${made.images} images (${clean} clean, ${closed} closed, ${open} open) in ${out}\n`,
  );
});

/** @returns {Promise<{ images: number, test: number, kinds: { clean: number, closed: number, open: number } }>} */
async function demoWorld(out) {
  const { classes, sheets, rows } = JSON.parse(readFileSync(path.join(DEMO, 'web.json'), 'utf8'));
  const pool = [...new Map([...rows].reverse().map((row) => [row.picture, row])).values()].reverse();
  const test = readTar(path.join(DEMO, 'test.tar')).map(({ name }) => {
    return [name, path.dirname(name)];
  });
  const count = (kind) => pool.filter((row) => row.kind === kind).length;
  const kinds = { clean: count('clean'), closed: count('closed'), open: count('open') };
  const figures = { images: pool.length, test: test.length, kinds };
  await writeWorld(out, 'tools/worlds/demo.mjs', async (draft) => {
    await writeTarAsItComes(path.join(draft, 'images.tar'), cells(sheets, pool));
    copyFileSync(path.join(DEMO, 'test.tar'), path.join(draft, 'test.tar'));
    copyFileSync(path.join(DEMO, 'teacher/teacher.safetensors'), path.join(draft, 'teacher.safetensors'));
    const table = pool.map((row) => [`pool/${row.picture}.png`, row.class, row.truth ?? '', row.kind]);
    await writeFileAtomic(path.join(draft, 'pool.csv'), csvText(['path', 'given', 'true', 'kind'], table));
    await writeFileAtomic(path.join(draft, 'test.csv'), csvText(['path', 'label'], test));
    return {
      ...{ name: 'demo', classes, size: 32, images: ['images.tar', 'test.tar'], pool: 'pool.csv', test: 'test.csv' },
      ...{ student: 'resnet8', teacher: { weights: 'teacher.safetensors' }, made: figures },
    };
  });
  return figures;
}

async function* cells(sheets, pool) {
  const decoded = new Map();
  for (const { picture } of pool) {
    const [name, index] = [path.dirname(picture), Number(path.basename(picture))];
    const { file, cell, columns } = sheets[name];
    if (!decoded.has(name)) decoded.set(name, (await decodeImage(readFileSync(path.join(DEMO, file)), LIMITS)).image);
    const { width, data } = decoded.get(name);
    const [left, top] = [(index % columns) * cell, Math.floor(index / columns) * cell];
    const rows = Array.from({ length: cell }, (_, y) => {
      const start = ((top + y) * width + left) * 3;
      return data.subarray(start, start + cell * 3);
    });
    const bytes = Buffer.from(
      await encodePng({ width: cell, height: cell, data: new Uint8Array(Buffer.concat(rows)) }),
    );
    yield { name: `pool/${picture}.png`, bytes };
  }
}
