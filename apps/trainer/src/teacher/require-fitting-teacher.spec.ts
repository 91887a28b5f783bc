import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadProject } from '@winnow/config';
import type { InputSpec } from '@winnow/contracts';
import { createModel, saveWeights, weightsMetadata } from '@winnow/models';
import { startEngine } from '@winnow/tensor';
import { teacherCommand } from '../commands/teacher';
import { type FittingTeacher, requireFittingTeacher } from './require-fitting-teacher';

let folder: string;
beforeAll(async () => {
  await startEngine('wasm', { cacheDir: tmpdir(), log: () => undefined });
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-fitting-teacher-'));
  const classes = ['wren', 'robin', 'owl'];
  const model = createModel('resnet8', { classCount: classes.length, seed: 1 });
  const input: InputSpec = { size: 24, range: [0, 1], mean: [0.5, 0.5, 0.5], std: [0.2, 0.2, 0.2] };
  for (const [name, resize] of [
    ['teacher', undefined],
    ['cropped', 'cover'],
    ['odd', 'toString'],
  ] as const) {
    const about = weightsMetadata({ model: 'resnet8', classes, input, ...(resize && { resize }) });
    writeFileSync(path.join(folder, `${name}.safetensors`), saveWeights(model, about));
  }
  model.dispose();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function check(more: string, wren = 'wren'): Promise<FittingTeacher> {
  const file = path.join(folder, 'birds.yaml');
  writeFileSync(file, `name: birds\nclasses: [{ name: robin }, { name: ${wren} }]\n${more}\n`);
  return requireFittingTeacher(await loadProject(file, { cwd: folder, env: {} }));
}

describe('requireFittingTeacher', () => {
  it('takes a teacher that knows the classes, at the size of the data set', async () => {
    const found = await check('build: { size: 24 }\nteacher: { weights: teacher.safetensors }');
    expect(found).toEqual({ file: path.join(folder, 'teacher.safetensors'), classCount: 3, size: 24, notes: [] });
    const smaller = await check('build: { size: 64 }\ntrain: { size: 24 }\nteacher: { weights: teacher.safetensors }');
    expect(smaller.notes).toEqual([]);
    const larger = await check('build: { size: 16 }\ntrain: { size: 24 }\nteacher: { weights: teacher.safetensors }');
    expect(larger.notes).toEqual([expect.stringMatching(/16 px are enlarged to 24 .* set build\.size to 24/)]);
  });

  it('takes a name that fits one class of the teacher but for how it is written, and says so', async () => {
    const { notes } = await check('build: { size: 24 }\nteacher: { weights: teacher.safetensors }', 'WREN');
    expect(notes).toEqual([expect.stringContaining('were taken: WREN is "wren".')]);
    await expect(
      check('build: { size: 24 }\nteacher: { weights: teacher.safetensors }', 'wrens'),
    ).rejects.toMatchObject({ code: 'TEACHER_MISMATCH', next: expect.stringContaining('wrens: "wren"') });
  });

  it('writes the one near name of a class into the project file, on request', async () => {
    const file = path.join(folder, 'birds.yaml');
    writeFileSync(
      file,
      '# mine\nname: birds\nclasses: [{ name: wrens }, { name: Owl }]\nbuild: { size: 24 }\nteacher: { weights: teacher.safetensors } # x\n',
    );
    const corrected: string[] = [];
    const progress = { start: () => ({ update: () => undefined, end: () => undefined }) };
    const io = {
      cwd: folder,
      env: {},
      signal: new AbortController().signal,
      log: (line: string) => corrected.push(line),
      progress,
    };
    const command = teacherCommand.subcommands?.find(({ name }) => name === 'check');
    const run = (options: object) => command?.run?.({ arguments: { project: file }, options: { ...options } }, io);
    await expect(run({})).rejects.toMatchObject({ next: expect.stringContaining('teacher check PROJECT --write') });
    const result = await run({ write: true });
    expect(corrected).toEqual([
      '- teacher: { weights: teacher.safetensors } # x',
      '+ teacher: { weights: teacher.safetensors, rename: { wrens: wren } } # x',
    ]);
    expect(readFileSync(file, 'utf8')).toContain('# mine\nname: birds\nclasses: [{ name: wrens }, { name: Owl }]\n');
    // What fits without a decision stays out of the file.
    expect(result?.text.join('\n')).toMatch(/2 of its 3 classes .*\n.*Owl is "owl"/);
    corrected.length = 0;
    await run({ write: true });
    expect(corrected).toEqual(['No class has exactly one near name.']);
  });

  it('says that images become square in another way than those that the teacher learnt from', async () => {
    const { notes } = await check('build: { size: 24 }\nteacher: { weights: cropped.safetensors }');
    expect(notes).toEqual([expect.stringContaining('set build.resize to cover')]);
    for (const resize of ['cover', 'keep']) {
      const same = await check(`build: { size: 24, resize: ${resize} }\nteacher: { weights: cropped.safetensors }`);
      expect(same.notes).toEqual([]);
    }
    expect((await check('build: { size: 24 }\nteacher: { weights: odd.safetensors }')).notes).toEqual([]);
  });

  it.each([
    ['a file that is not there', 'teacher: { weights: none.safetensors }', 'FILE_NOT_FOUND', /read/],
    ['another size', 'build: { size: 64 }\nteacher: { weights: teacher.safetensors }', 'CONFIG_INVALID', /24 px.*64/],
    [
      'another size, of training',
      'build: { size: 24 }\ntrain: { size: 32 }\nteacher: { weights: teacher.safetensors }',
      'CONFIG_INVALID',
      /24 px.*32/,
    ],
    [
      'a class that it does not have',
      'build: { size: 24 }\nteacher: { weights: teacher.safetensors, rename: { robin: redbreast } }',
      'TEACHER_MISMATCH',
      /robin/,
    ],
    ['no teacher', 'build: { size: 24 }', 'CONFIG_INVALID', /no teacher/],
    ['a folder that holds no teacher', 'teacher: { weights: . }', 'FILE_NOT_FOUND', /imported/],
  ])('refuses %s', async (_what, more, code, message) => {
    await expect(check(more)).rejects.toMatchObject({ code, message: expect.stringMatching(message) as unknown });
  });
});
