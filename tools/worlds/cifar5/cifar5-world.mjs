import { copyFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { writeTar } from '../../demo-images/tar.mjs';
import { csvText } from '../csv-text.mjs';
import { relativePath } from '../relative-path.mjs';
import { trainTeacher } from '../train-teacher.mjs';
import { workspace } from '../workspace.mjs';
import { writeWorld } from '../write-world.mjs';
import {
  CIFAR,
  listFarImages,
  listTestImages,
  readAnnotations,
  readDuplicates,
  readMembers,
  SIZE,
  squareFarImages,
} from './cifar5-sources.mjs';
import { ANNOTATOR, CLASSES, planCifar5 } from './plan-cifar5.mjs';

const { SeededRandom } = workspace('@winnow/random');
const { writeFileAtomic } = workspace('@winnow/files');

const OPEN = 'open.tar';
const TEACHER = 'teacher.safetensors';
const POOL_COLUMNS = ['path', 'source', 'given', 'true', 'kind', 'original'];
const LABEL_COLUMNS = ['path', 'label'];

/**
 * Writes the world of five classes of CIFAR-10 and trains its teacher.
 * @param {string} data folder of the archives
 * @param {string} out
 * @param {object} options
 * @param {string} options.teacher weights file to train, or to take where the same call has finished it
 * @param {number} options.teacherPerClass images
 * @param {number} options.epochs of the teacher
 * @param {number} options.seed
 * @param {(line: string) => void} options.say
 * @returns {Promise<object>} figures
 * @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID, IMAGE_UNREADABLE; INTERRUPTED where the teacher's training was stopped
 */
export async function cifar5World(data, out, { teacher, teacherPerClass, epochs, seed, say }) {
  const planned = planCifar5(
    {
      annotated: readAnnotations(data),
      test: await listTestImages(data),
      duplicates: readDuplicates(data),
      far: await listFarImages(data),
    },
    { teacherPerClass, random: new SeededRandom(seed).fork('cifar5') },
  );
  say(`training a teacher on ${planned.teacher.length} images`);
  const accuracy = await trainOn(data, planned, { file: teacher, epochs, seed });
  const far = planned.pool.filter(({ source }) => source !== 'cifar10');
  const squares = await squareFarImages(
    data,
    far.map(({ original }) => original),
  );
  const figures = { images: planned.pool.length, test: planned.test.length, kinds: kindsOf(planned.pool) };
  await writeWorld(out, 'tools/worlds/cifar5.mjs', async (draft) => {
    const write = (name, columns, rows) =>
      writeFileAtomic(path.join(draft, name), csvText(columns, cellsOf(columns, rows)));
    writeTar(
      path.join(draft, OPEN),
      far.map((row) => ({ name: row.path, bytes: squares.get(row.original) })),
    );
    copyFileSync(teacher, path.join(draft, TEACHER));
    await write('pool.csv', POOL_COLUMNS, planned.pool);
    await write('test.csv', LABEL_COLUMNS, planned.test);
    await write('teacher.csv', LABEL_COLUMNS, planned.teacher);
    const cifar = relativePath(path.dirname(draft), out, path.join(realpathSync(data), CIFAR));
    return {
      ...{ name: 'cifar5', classes: CLASSES, size: SIZE, images: [cifar, OPEN], pool: 'pool.csv', test: 'test.csv' },
      ...{ student: 'resnet8', teacher: { weights: TEACHER, trainedOn: 'teacher.csv' } },
      made: { annotator: ANNOTATOR, seed, teacherPerClass, epochs, ...figures, teacher: accuracy },
    };
  });
  return { ...figures, teacher: accuracy };
}

async function trainOn(data, { teacher, test }, { file, epochs, seed }) {
  const bytes = await readMembers(
    path.join(data, CIFAR),
    [...teacher, ...test].map((row) => row.path),
  );
  const labelled = (rows) => rows.map(({ path: name, label }) => ({ className: label, bytes: bytes.get(name) }));
  return trainTeacher(file, {
    classes: CLASSES,
    train: labelled(teacher),
    test: labelled(test),
    size: SIZE,
    epochs,
    seed,
  });
}

function cellsOf(columns, rows) {
  return rows.map((row) => columns.map((column) => row[column]));
}

function kindsOf(pool) {
  const count = (kind) => pool.filter((row) => row.kind === kind).length;
  return { clean: count('clean'), closed: count('closed'), open: count('open') };
}
