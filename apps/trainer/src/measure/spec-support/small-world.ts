import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ImageSet } from '@winnow/contracts';
import { encodePng } from '@winnow/imaging';
import { createModel, saveWeights } from '@winnow/models';
import { tarBytes, tinyWorld } from '@winnow/testing';

const SIZE = 16;

/** What the files of a small world say, for checking what is read of them. */
export interface SmallWorld {
  readonly folder: string;
  readonly train: ImageSet;
  /** True labels of the pool, -1 for open, [count]. */
  readonly trueLabels: Int32Array;
  readonly test: ImageSet;
  /** Member names in the order of the pool; they tell what an image shows, as those of real worlds do. */
  readonly paths: readonly string[];
}

/** Writes a world of drawn shapes, with an untrained teacher. An engine must be running. */
export async function writeSmallWorld(folder: string): Promise<SmallWorld> {
  const { train, kinds, trueLabels, test } = tinyWorld({
    seed: 3,
    classes: 3,
    perClass: 20,
    size: SIZE,
    testPerClass: 5,
  });
  await mkdir(folder, { recursive: true });
  const className = (label: number): string => (label < 0 ? 'open' : (train.classes[label] as string));
  const paths = Array.from(trueLabels, (label, row) => `train/${className(label)}/${row}.png`);
  const testPaths = Array.from(test.labels, (label, row) => `test/${className(label)}/${row}.png`);
  const members = { ...(await encodeAll(train, paths)), ...(await encodeAll(test, testPaths)) };
  const pool = paths.map((name, row) =>
    [name, 'shapes', className(train.labels[row] as number), className(trueLabels[row] as number), kinds[row]].join(
      ',',
    ),
  );
  const rows = testPaths.map((name, row) => `${name},${className(test.labels[row] as number)}`);
  const teacher = createModel('resnet8', { classCount: 3, seed: 'teacher' });
  const weights = saveWeights(teacher, {});
  teacher.dispose();
  const input = { size: SIZE, range: [0, 1], mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
  const files: Record<string, string | Uint8Array> = {
    'images.tar': tarBytes(members),
    'pool.csv': ['path,source,given,true,kind', ...pool, ''].join('\n'),
    'test.csv': ['path,label', ...rows, ''].join('\n'),
    'teacher.safetensors': weights,
    'world.json': JSON.stringify({
      name: 'shapes',
      classes: train.classes,
      size: SIZE,
      images: ['images.tar'],
      pool: 'pool.csv',
      test: 'test.csv',
      student: 'resnet8',
      teacher: { weights: 'teacher.safetensors', model: 'resnet8', input },
    }),
  };
  for (const [name, content] of Object.entries(files)) await writeFile(path.join(folder, name), content);
  return { folder, train, trueLabels, test, paths };
}

async function encodeAll({ size, pixels }: ImageSet, paths: readonly string[]): Promise<Record<string, Uint8Array>> {
  const length = size * size * 3;
  const encoded = paths.map(async (name, row) => {
    const data = pixels.subarray(row * length, (row + 1) * length);
    return [name, await encodePng({ width: size, height: size, data })] as const;
  });
  return Object.fromEntries(await Promise.all(encoded));
}
