import { readFileSync } from 'node:fs';
import path from 'node:path';
import { writeTar } from '../../demo-images/tar.mjs';
import { csvText } from '../csv-text.mjs';
import { workspace } from '../workspace.mjs';
import { writeWorld } from '../write-world.mjs';
import { importTeacher, LABELS } from './import-teacher.mjs';
import { CLASSES, teacherNames } from './known-classes.mjs';
import { measureTeacher } from './measure-teacher.mjs';
import { listPhotographs } from './photograph-sources.mjs';
import { planPool } from './plan-pool.mjs';
import { hashSquares, SIZE, squarePhotographs } from './square-photographs.mjs';

const { findLeaks } = workspace('@winnow/dedup');
const { SeededRandom } = workspace('@winnow/random');
const { writeFileAtomic } = workspace('@winnow/files');

const STUDENT = 'resnet10-half';
const ARCHIVE = 'images.tar';
/** Images a class that the imported teacher is tried on. */
const TRIED = 2;
const POOL_COLUMNS = ['path', 'source', 'given', 'true', 'kind', 'original'];

/**
 * Writes the world of real photographs: known classes of imagenette, open noise of flowers, clip art and ImageNet
 * objects, and a MobileNetV2 as the teacher.
 * @param {string} data folder of the tars
 * @param {string} out
 * @param {{ limit: number, testLimit: number, seed: number, say: (line: string) => void }} options limits in images
 * @returns {Promise<object>} figures
 */
export async function photographsWorld(data, out, { limit, testLimit, seed, say }) {
  const photographs = await listPhotographs(data);
  const planned = planPool(photographs, { limit, random: new SeededRandom(seed).fork('photographs') });
  const tests = testImages(photographs.test, testLimit);
  say(`cutting ${planned.length + tests.length} photographs`);
  const squares = await squarePhotographs(
    data,
    [...planned, ...tests].map(({ original }) => original),
  );
  const { pool, leaks } = await withoutLeaks(planned, tests, squares);
  const held = tests.map(({ original, className }) => ({ className, bytes: squares.get(original) }));
  const figures = { images: pool.length, test: tests.length, leaks, ...countsOf(pool) };
  await writeWorld(out, 'tools/worlds/photographs.mjs', async (draft) => {
    const named = [...numbered('pool', pool), ...numbered('test', tests)];
    writeTar(
      path.join(draft, ARCHIVE),
      named.map(({ path: name, original }) => ({ name, bytes: squares.get(original) })),
    );
    await writeFileAtomic(path.join(draft, 'pool.csv'), tableOf(POOL_COLUMNS, numbered('pool', pool)));
    const testRows = numbered('test', tests).map((row) => ({ ...row, label: row.className }));
    await writeFileAtomic(path.join(draft, 'test.csv'), tableOf(['path', 'label', 'original'], testRows));
    const labels = readFileSync(path.join(data, LABELS), 'utf8').trimEnd().split(/\r?\n/);
    say('importing the teacher');
    await importTeacher(data, path.join(draft, 'teacher'), {
      names: teacherNames(labels),
      images: held.filter(isTried),
    });
    say(`asking the teacher about ${held.length} test photographs`);
    figures.teacher = await measureTeacher(path.join(draft, 'teacher'), CLASSES, held);
    return {
      ...{ name: 'photographs', classes: CLASSES, size: SIZE, images: [ARCHIVE], pool: 'pool.csv', test: 'test.csv' },
      ...{ student: STUDENT, teacher: { weights: 'teacher' }, made: { limit, seed, ...figures } },
    };
  });
  return figures;
}

/** The first of every class, in the order of the classes. */
function testImages(byClass, limit) {
  const each = Math.ceil(limit / CLASSES.length);
  return CLASSES.flatMap((className) => byClass[className].slice(0, each).map((original) => ({ original, className })));
}

/** A copy of a test image, flipped or not, is no training image. */
async function withoutLeaks(planned, tests, squares) {
  const hashes = async (rows) =>
    hashSquares(
      squares,
      rows.map(({ original }) => original),
    );
  const found = findLeaks(await hashes(planned), await hashes(tests), { mirrors: true });
  const leaking = new Set(found.map(({ id }) => id));
  return { pool: planned.filter(({ original }) => !leaking.has(original)), leaks: found.length };
}

/** Names that tell nothing of what is shown. */
function numbered(folder, rows) {
  return rows.map((row, index) => ({ ...row, path: `${folder}/${String(index).padStart(5, '0')}.jpg` }));
}

function isTried({ className }, index, all) {
  return all.slice(0, index).filter((other) => other.className === className).length < TRIED;
}

function tableOf(columns, rows) {
  return csvText(
    columns,
    rows.map((row) => columns.map((column) => row[column])),
  );
}

function countsOf(pool) {
  const count = (key) => {
    const counts = {};
    for (const row of pool) counts[row[key]] = (counts[row[key]] ?? 0) + 1;
    return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  return { kinds: count('kind'), sources: count('source') };
}
