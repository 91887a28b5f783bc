import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { InputSpec } from '@winnow/contracts';
import { createModel, saveWeights, weightsMetadata } from '@winnow/models';
import { tinyWorld } from '@winnow/testing';
import { evaluateCommand } from '../commands/evaluate';
import { splitCommand } from '../commands/split';
import { trainCommand } from '../commands/train';
import { projectUnderTest, recordSteps } from '../spec-support/project-under-test';
import type { ProjectUnderTest } from '../spec-support/project-under-test';

let project: ProjectUnderTest;
const { steps, progress } = recordSteps();

beforeAll(async () => {
  project = await projectUnderTest(tinyWorld({ seed: 3, classes: 2, perClass: 12, size: 16, testPerClass: 6 }));
  project.configure('');
});
afterAll(() => project.remove());

const split = (method: string) => project.run(splitCommand, { method }, { progress });
const folder = (): string => path.join(project.folder, '.winnow/predictions');

it('asks the teacher once for all splits of a data set, and again where the file is damaged', async () => {
  const first = await split('small-loss');
  expect(steps).toContain('predict');
  const names = readdirSync(folder()).toSorted();
  expect(names).toEqual([expect.stringMatching(/-features\.f32$/), expect.stringMatching(/^[0-9a-f]{32}\.f32$/)]);

  steps.length = 0;
  const other = await split('agreement');
  expect(steps).not.toContain('predict');
  expect(project.said.some((line) => line.includes('asked about this data set before'))).toBe(true);
  expect([first.json['reused'], other.json['reused']]).toEqual([false, false]);

  const methods = ['knn', 'edl-gmm'];
  for (const [at, name] of names.entries()) {
    const file = path.join(folder(), name);
    const kept = readFileSync(file);
    const damaged = Buffer.from(kept);
    damaged[40] = (damaged[40] as number) ^ 1;
    writeFileSync(file, damaged);
    steps.length = 0;
    await split(methods[at] as string);
    expect(steps).toContain('predict');
    expect(readFileSync(file).equals(kept)).toBe(true);
  }
});

it('keeps what a teacher of more classes says of the others, and a split of it has an id of its own', async () => {
  const file = path.join(project.folder, 'teacher.safetensors');
  const teacher = readFileSync(file);
  const before = await split('agreement');
  const model = createModel('resnet8', { classCount: 3, seed: 1 });
  const input: InputSpec = { size: 16, range: [0, 1], mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
  const classes = ['other', 'disc', 'square'];
  writeFileSync(file, saveWeights(model, weightsMetadata({ model: 'resnet8', classes, input })));
  model.dispose();
  const known = new Set(readdirSync(folder()));
  steps.length = 0;
  const first = await split('agreement');
  expect(steps).toContain('predict');
  expect(first.json['split']).not.toBe(before.json['split']);
  const names = readdirSync(folder()).filter((other) => !known.has(other));
  // A digest each, then two logits and one log-odds of every image, and 64 features.
  const lengths = names.map((name) => readFileSync(path.join(folder(), name)).length);
  expect(lengths.toSorted((a, b) => a - b)).toEqual([32 + 24 * (2 + 1) * 4, 32 + 24 * 64 * 4]);
  steps.length = 0;
  await split('knn');
  expect(steps).not.toContain('predict');
  writeFileSync(file, teacher);
});

it.each([
  ['winnow', 'evaluate: { test: test }'],
  ['winnow', ''],
  ['dfnd', 'evaluate: { test: test }'],
])(
  'a student of %s learns from what was kept, and to the same bits from a teacher that is asked (%s)',
  async (method, more) => {
    project.configure(['train: { batch: 8, epochs: 1, workers: 0 }', more].join('\n'));
    const learn = async (seed: number): Promise<Buffer> => {
      steps.length = 0;
      const { json } = await project.run(trainCommand, { method, seed }, { progress });
      return readFileSync(path.join(String(json['run']), 'student.safetensors'));
    };
    await learn(1);
    const kept = await learn(2);
    expect(steps).toContain('train ' + method);
    expect(steps).not.toContain('predict');

    rmSync(folder(), { recursive: true });
    rmSync(path.join(project.folder, '.winnow/runs'), { recursive: true });
    const asked = await learn(2);
    expect(steps).toContain('predict');
    expect(asked.equals(kept)).toBe(true);
  },
);

it('asks the teacher about the test images once, whoever measures on them', async () => {
  project.configure('train: { batch: 8, epochs: 1, workers: 0 }\nevaluate: { test: test }');
  rmSync(folder(), { recursive: true });
  const { json } = await project.run(trainCommand, { method: 'ce', seed: 7 });
  // Digest, and two logits of each of twelve images.
  const names = readdirSync(folder()).filter(
    (name) => readFileSync(path.join(folder(), name)).length === 32 + 12 * 2 * 4,
  );
  expect(names).toHaveLength(1);
  const evaluated = await project.run(evaluateCommand);
  const { teacherAccuracy } = json['summary'] as { teacherAccuracy: number };
  expect(evaluated.json['teacher']).toEqual({ accuracy: teacherAccuracy });

  // Both read the file: what they say of the teacher is what it says.
  const firstClass = Buffer.from(Float32Array.from({ length: 24 }, (_, at) => (at % 2 === 0 ? 1 : 0)).buffer);
  const digest = createHash('sha256').update(firstClass).digest();
  writeFileSync(path.join(folder(), names[0] as string), Buffer.concat([digest, firstClass]));
  const other = await project.run(trainCommand, { method: 'ce', seed: 8 });
  expect(other.json['summary']).toMatchObject({ teacherAccuracy: 0.5 });
  expect((await project.run(evaluateCommand)).json['teacher']).toEqual({ accuracy: 0.5 });
});

it('goes on where nothing can be kept, and says so', async () => {
  rmSync(folder(), { recursive: true });
  writeFileSync(folder(), 'a file where the folder should be');
  project.said.length = 0;
  const { json } = await project.run(trainCommand, { method: 'winnow', seed: 9 });
  expect(json).toHaveProperty('summary');
  expect(project.said).toContainEqual(
    expect.stringMatching(/^What the teacher said cannot be kept.*(?:EEXIST|ENOTDIR)/),
  );
  rmSync(folder());
});
