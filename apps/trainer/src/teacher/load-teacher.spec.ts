import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadProject } from '@winnow/config';
import type { InputSpec } from '@winnow/contracts';
import { createModel, saveWeights, weightsMetadata } from '@winnow/models';
import { defaultCacheDir, startEngine } from '@winnow/tensor';
import { loadNetwork, loadTeacher } from './load-teacher';

const INPUT = { size: 16, range: [0, 1], mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] } as const;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-teacher-'));
  await startEngine('cpu', { cacheDir: defaultCacheDir({}), log: () => undefined });
  const about = {
    classes: ['cat', 'dog', 'bird'],
    input: {
      ...INPUT,
      range: [0, 1] as [number, number],
      mean: [...INPUT.mean] as [number, number, number],
      std: [...INPUT.std] as [number, number, number],
    },
  };
  for (const [file, name] of [
    ['told', 'resnet8'],
    ['projected', 'resnet8+projector-10'],
  ] as const) {
    const model = createModel(name, { classCount: 3, seed: 1 });
    const metadata = weightsMetadata({ ...about, model: name });
    writeFileSync(path.join(folder, `${file}.safetensors`), saveWeights(model, metadata));
    if (file === 'told') writeFileSync(path.join(folder, 'untold.safetensors'), saveWeights(model, {}));
    model.dispose();
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const project = (classes: string, teacher: string) => {
  writeFileSync(path.join(folder, 'p.yaml'), `name: p\nclasses: [${classes}]\nteacher: ${teacher}\n`);
  return loadProject('p.yaml', { cwd: folder, env: {} });
};

describe('loadTeacher', () => {
  it('takes architecture, classes and input from the weights, and our classes in our order', async () => {
    const teacher = await loadTeacher(await project('{ name: bird }, { name: cat }', '{ weights: told.safetensors }'));
    expect(teacher.frozen.classCount).toBe(2);
    expect(teacher.input).toEqual(INPUT);
  });

  it('takes classes by a synonym, says so, and is then the teacher that a person would have named', async () => {
    const corrected: string[] = [];
    const load = async (name: string, more = '') =>
      loadTeacher(
        await project(`{ name: bird }, { name: ${name} }`, `{ weights: told.safetensors${more} }`),
        (line) => void corrected.push(line),
      );
    const byItself = await load('Cat');
    expect(corrected).toEqual([expect.stringContaining('Cat is "cat".')]);
    const named = await load('Cat', ', rename: { Cat: cat }');
    expect(corrected).toHaveLength(1);
    expect(byItself.digest).toBe(named.digest);
    expect(byItself.digest).not.toBe((await load('dog')).digest);
  });

  it('reads a student with a projector by the name in its file', async () => {
    const { frozen } = await loadNetwork(path.join(folder, 'projected.safetensors'));
    expect([frozen.classCount, frozen.featureDim]).toEqual([3, 10]);
  });

  it('refuses a class that the teacher does not know, and a class list of another length', async () => {
    await expect(
      loadTeacher(await project('{ name: cat }, { name: fish }', '{ weights: told.safetensors }')),
    ).rejects.toMatchObject({
      code: 'TEACHER_MISMATCH',
      message: expect.stringContaining('fish'),
    });
    const four = '{ weights: told.safetensors, classes: [a, b, c, d] }';
    await expect(loadTeacher(await project('{ name: a }, { name: b }', four))).rejects.toMatchObject({
      code: 'TEACHER_MISMATCH',
      message: expect.stringMatching(/3 .*4|4 .*3/),
    });
  });

  it('guesses nothing: what nobody says is an error that names the key', async () => {
    await expect(
      loadTeacher(await project('{ name: cat }, { name: dog }', '{ weights: untold.safetensors }')),
    ).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      next: expect.stringContaining('teacher.model'),
    });
    const unknown = '{ weights: told.safetensors, model: resnet9000 }';
    await expect(loadTeacher(await project('{ name: cat }, { name: dog }', unknown))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
    await expect(loadNetwork(path.join(folder, 'none.safetensors'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });

  it("takes others' word for its classes only where its file says none", async () => {
    const input = { ...INPUT, range: [0, 1], mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] } as InputSpec;
    const others = { model: 'resnet8', classesOtherwise: ['x', 'y', 'z'], input };
    for (const [file, classes] of [
      ['told', ['cat', 'dog', 'bird']],
      ['untold', others.classesOtherwise],
    ] as const) {
      const network = await loadNetwork(path.join(folder, `${file}.safetensors`), others);
      expect(network.classes).toEqual(classes);
      network.dispose();
    }
  });
});
