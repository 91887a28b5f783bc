/**
 * Rebuilds examples/demo from Fashion-MNIST and Openclipart; the same inputs give the same files.
 *
 *   node tools/demo-images/build.mjs --openclipart openclipart.tar
 *     [--fashion-mnist /usr/share/datasets/fashion-mnist] [--out examples/demo] [--teacher-train FOLDER]
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chooseClipArt } from './clip-art.mjs';
import { CLASSES, ENGINE_ROWS, HELD_OUT, HOSTS, slug } from './demo-classes.mjs';
import { greyPng, sheetPng } from './images.mjs';
import { planWeb } from './plan-web.mjs';
import { readFashionMnist } from './read-idx.mjs';
import { seeded } from './seeded-order.mjs';
import { writeTar } from './tar.mjs';

const SEED = 'winnow-demo-1';
const CELL = 28;
const CLIP_ART_CELL = 64;
const CLIP_ART_COUNT = 304;
const COLUMNS = 20;
const TEST_A_CLASS = 250;
const TEACHER_A_CLASS = 3000;

const { values: options } = parseArgs({
  options: {
    'fashion-mnist': { type: 'string', default: '/usr/share/datasets/fashion-mnist' },
    openclipart: { type: 'string' },
    out: { type: 'string', default: 'examples/demo' },
    'teacher-train': { type: 'string' },
  },
});
if (options.openclipart === undefined) throw new Error('--openclipart FILE is missing: the tar of clip-art PNGs');

const random = seeded(SEED);
const train = readFashionMnist(options['fashion-mnist'], 'train');
const indicesOf = (labels, label, name) =>
  random.shuffle(
    name,
    [...labels.keys()].filter((index) => labels[index] === label),
  );

/** Images in the order in which rows took them: the place is the cell of the sheet. */
const groups = new Map(
  [...CLASSES, ...HELD_OUT].map(({ name, label }) => [
    slug(name),
    { pool: indicesOf(train.labels, label, `pool/${name}`), taken: 0 },
  ]),
);
const clipArt = await chooseClipArt(options.openclipart, { count: CLIP_ART_COUNT, size: CLIP_ART_CELL, random });
groups.set('clip-art', { pool: clipArt, taken: 0 });
const take = (name) => {
  const group = groups.get(name);
  if (group.taken === group.pool.length) throw new Error(`no image of ${name} is left`);
  return `${name}/${group.taken++}`;
};

const rows = planWeb({ take, random });
await writeImages();
writeWeb();
await writeTest();
if (options['teacher-train'] !== undefined) await writeTeacherTrain(options['teacher-train']);

async function writeImages() {
  const folder = join(options.out, 'pictures');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, { pool, taken }] of groups) {
    const isClipArt = name === 'clip-art';
    const cells = pool.slice(0, taken).map((item) => (isClipArt ? item.pixels : train.pixels(item)));
    const shape = { cellSize: isClipArt ? CLIP_ART_CELL : CELL, columns: COLUMNS, channels: isClipArt ? 3 : 1 };
    writeFileSync(join(folder, `${name}.png`), await sheetPng(cells, shape));
  }
}

function writeWeb() {
  const sheets = [...groups].map(([name, { pool, taken }]) => [
    name,
    {
      file: `images/${name}.png`,
      cell: name === 'clip-art' ? CLIP_ART_CELL : CELL,
      columns: COLUMNS,
      count: taken,
      sources: pool.slice(0, taken).map((item) => item.source ?? item),
    },
  ]);
  const head = {
    seed: SEED,
    classes: CLASSES.map(({ name }) => name),
    engines: Object.keys(ENGINE_ROWS),
    hosts: HOSTS,
  };
  const lines = [
    ...Object.entries(head).map(([key, value]) => ` ${JSON.stringify(key)}: ${JSON.stringify(value)},`),
    ' "sheets": {',
    sheets.map(([name, sheet]) => `  ${JSON.stringify(name)}: ${JSON.stringify(sheet)}`).join(',\n'),
    ' },',
    ' "rows": [',
    rows.map((row) => `  ${JSON.stringify(row)}`).join(',\n'),
    ' ]',
  ];
  writeFileSync(join(options.out, 'web.json'), `{\n${lines.join('\n')}\n}\n`);
}

async function writeTest() {
  const test = readFashionMnist(options['fashion-mnist'], 't10k');
  const files = [];
  for (const { name, label } of CLASSES)
    for (const index of indicesOf(test.labels, label, `test/${name}`)
      .slice(0, TEST_A_CLASS)
      .sort((a, b) => a - b))
      files.push(await pngFile(name, index, test));
  writeTar(join(options.out, 'test.tar'), files);
}

/** Images that the demo's web never shows, for the teacher to learn from. */
async function writeTeacherTrain(folder) {
  const files = [];
  for (const { name } of CLASSES) {
    const { pool, taken } = groups.get(slug(name));
    for (const index of pool.slice(taken, taken + TEACHER_A_CLASS).sort((a, b) => a - b))
      files.push(await pngFile(name, index, train));
  }
  mkdirSync(folder, { recursive: true });
  writeTar(join(folder, 'teacher-train.tar'), files);
}

async function pngFile(className, index, split) {
  return {
    name: `${className}/${String(index).padStart(5, '0')}.png`,
    bytes: await greyPng(split.pixels(index), CELL, CELL),
  };
}
