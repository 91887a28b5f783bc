import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadProject } from '@winnow/config';
import type { CommandResult } from '@winnow/contracts';
import { decodeSafetensors, encodeOnnx, encodeSafetensors, recordGraph } from '@winnow/models';
import { tinyWorld } from '@winnow/testing';
import { requireReadyProject } from '../project-checks';
import { compareCommand } from '../commands/compare';
import { importTeacherCommand } from '../commands/import-teacher';
import { predictCommand } from '../commands/predict';
import { splitCommand } from '../commands/split';
import { trainCommand } from '../commands/train';
import { projectUnderTest } from '../spec-support/project-under-test';
import type { ProjectUnderTest } from '../spec-support/project-under-test';
import { loadNativeNetwork } from '../teacher/load-teacher';

let project: ProjectUnderTest;
const inFolder = (name: string): string => path.join(project.folder, name);

beforeAll(async () => {
  project = await projectUnderTest(tinyWorld({ seed: 3, classes: 2, perClass: 12, size: 16, testPerClass: 6 }));
  const { model, name, classes, input, bytes } = await loadNativeNetwork(inFolder('teacher.safetensors'));
  const about = { model: name, classes, input, version: '0' };
  writeFileSync(inFolder('image.onnx'), encodeOnnx(recordGraph(model, { input, raw: false }), about));
  const rows = decodeSafetensors(bytes).tensors.get(`${model.classifierName}.weight`);
  const tensors = new Map([['text', { shape: rows?.shape as number[], data: rows?.data as Float32Array }]]);
  writeFileSync(inFolder('text.safetensors'), encodeSafetensors(tensors, { classes: JSON.stringify(classes) }));
  model.dispose();
});
afterAll(() => project.remove());

const bring = async (temperature: number): Promise<CommandResult> => {
  const options = { zeroShot: 'text.safetensors', logitScale: 100, temperature, out: 'names', engine: 'wasm' };
  return (await importTeacherCommand.run?.(
    { arguments: { file: 'image.onnx' }, options },
    project.io,
  )) as CommandResult;
};
const configure = (): void => {
  project.configure('train: { batch: 8, epochs: 1, workers: 0 }\nevaluate: { test: test, truth: truth.csv }');
  const text = readFileSync(inFolder('p.yaml'), 'utf8');
  writeFileSync(inFolder('p.yaml'), text.replace('weights: teacher.safetensors', 'weights: names'));
};

describe('a project whose teacher is a list of names', () => {
  it('is split, trained and compared, and what the teacher said is kept until its temperature changes', async () => {
    await bring(1);
    configure();
    const config = await loadProject('p.yaml', { cwd: project.folder, env: {} });
    expect(await requireReadyProject(config)).toMatchObject({ classCount: 2, size: 16 });
    const first = await project.run(splitCommand, { method: 'winnow' });
    expect(first.json).toMatchObject({ reused: false });
    expect((await project.run(splitCommand, { method: 'winnow' })).json).toMatchObject({ reused: true });
    await bring(2);
    const second = await project.run(splitCommand, { method: 'winnow' });
    expect(second.json).toMatchObject({ reused: false });
    expect(second.json['split']).not.toBe(first.json['split']);
    for (const method of ['kd', 'winnow']) {
      const { json } = await project.run(trainCommand, { method });
      expect(json).toMatchObject({ reused: false, summary: { accuracy: expect.any(Number) as number } });
    }
    const compared = await project.run(compareCommand, { methods: ['kd', 'winnow'], seeds: 1 });
    expect(compared.text.join('\n')).toMatch(/winnow/);
    const image = inFolder(`test/disc/${readdirSync(inFolder('test/disc'))[0]}`);
    const input = { arguments: { model: inFolder('names'), images: [image] }, options: { top: 1, engine: 'wasm' } };
    expect((await predictCommand.run?.(input, project.io))?.text).toEqual([expect.stringMatching(/: (disc|square) /)]);
  });

  it('is refused for methods that need a feature map', async () => {
    await bring(1);
    configure();
    for (const method of ['modul', 'simkd']) {
      await expect(project.run(trainCommand, { method })).rejects.toMatchObject({
        code: 'TEACHER_MISMATCH',
        message: expect.stringContaining('feature map') as string,
      });
    }
  });
});
