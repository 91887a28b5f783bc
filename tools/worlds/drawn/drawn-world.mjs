import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { writeTarAsItComes } from '../../demo-images/tar.mjs';
import { csvText } from '../csv-text.mjs';
import { trainTeacher } from '../train-teacher.mjs';
import { workspace } from '../workspace.mjs';
import { writeWorld } from '../write-world.mjs';
import { drawImages, pathOf } from './draw-images.mjs';
import { planDrawn } from './plan-drawn.mjs';

const { SeededRandom } = workspace('@winnow/random');
const { writeFileAtomic } = workspace('@winnow/files');

/** Side of the images, pixels. */
const SIZE = 24;
const [ARCHIVE, TEACHER] = ['images.tar', 'teacher.safetensors'];

/**
 * Draws the world of outlines and trains its teacher on images that are in nothing else.
 * @param {string} out
 * @param {object} options
 * @param {number} options.classCount
 * @param {number} options.perClass known images of the pool
 * @param {number} options.teacherPerClass
 * @param {number} options.testPerClass
 * @param {string} options.teacher weights file to train, or to take where the same call has finished it
 * @param {number} options.epochs of the teacher
 * @param {number} options.seed
 * @returns {Promise<object>} figures
 * @throws WinnowError INTERRUPTED where the teacher's training was stopped
 */
export async function drawnWorld(out, { teacher, epochs, seed, ...counts }) {
  const random = new SeededRandom(seed).fork('drawn');
  const planned = planDrawn({ ...counts, random });
  const drawn = (part) => drawImages(planned[part], { part, size: SIZE, random });
  const accuracy = await trainTeacher(teacher, {
    ...{ classes: planned.classes, train: drawn('teacher'), test: drawn('test'), size: SIZE, epochs, seed },
  });
  const [pool, test] = ['pool', 'test'].map((part) =>
    planned[part].map((row, index) => ({ ...row, path: pathOf(part, index) })),
  );
  const name = `drawn${counts.classCount}`;
  const count = (kind) => pool.filter((row) => row.kind === kind).length;
  const kinds = { clean: count('clean'), closed: count('closed'), open: count('open') };
  const figures = { images: pool.length, test: test.length, kinds };
  await writeWorld(out, 'tools/worlds/drawn.mjs', async (draft) => {
    const write = (file, columns, rows) =>
      writeFileAtomic(
        path.join(draft, file),
        csvText(
          columns,
          rows.map((row) => columns.map((column) => row[column])),
        ),
      );
    await writeTarAsItComes(path.join(draft, ARCHIVE), both(drawn('pool'), drawn('test')));
    copyFileSync(teacher, path.join(draft, TEACHER));
    await write('pool.csv', ['path', 'given', 'true', 'kind'], pool);
    await write(
      'test.csv',
      ['path', 'label'],
      test.map((row) => ({ ...row, label: row.true })),
    );
    return {
      ...{ name, classes: planned.classes, size: SIZE, images: [ARCHIVE], pool: 'pool.csv', test: 'test.csv' },
      ...{
        student: 'resnet8',
        teacher: { weights: TEACHER },
        made: { seed, epochs, ...counts, ...figures, teacher: accuracy },
      },
    };
  });
  return { name, ...figures, teacher: accuracy };
}

async function* both(first, second) {
  yield* first;
  yield* second;
}
