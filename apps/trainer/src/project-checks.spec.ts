import path from 'node:path';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { loadProject } from '@winnow/config';
import { requireReadyProject, requireTrainingSettings } from './project-checks';

let folder: string;
beforeAll(() => (folder = mkdtempSync(path.join(tmpdir(), 'winnow-ready-project-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('requireReadyProject', () => {
  it.each([
    [
      'a setting that no method has, whatever it trains',
      'train: { method: winnow, settings: { kd: { temprature: 2 } } }',
      { code: 'CONFIG_INVALID', message: expect.stringMatching(/kd: .*temprature/) },
    ],
    [
      'a batch that cannot be cut',
      'train: { batch: 128, accumulate: 3 }',
      { code: 'CONFIG_INVALID', where: expect.stringContaining('train.accumulate') },
    ],
    [
      'a batch that holds no equal parts of whole images',
      'train: { method: winnow, batch: 5, accumulate: 5 }',
      { code: 'CONFIG_INVALID', message: expect.stringContaining('2 views of each image in 5 equal parts') },
    ],
    [
      'test images that are not there',
      'evaluate: { test: none }',
      { code: 'FILE_NOT_FOUND', where: expect.stringContaining('evaluate.test') },
    ],
    [
      'corrections that are not there',
      'split: { corrections: none.csv }',
      { code: 'FILE_NOT_FOUND', where: expect.stringContaining('split.corrections') },
    ],
    [
      'a truth that is not there',
      'evaluate: { truth: none.csv }',
      { code: 'FILE_NOT_FOUND', where: expect.stringContaining('evaluate.truth') },
    ],
    ['no teacher', '', { code: 'CONFIG_INVALID', message: expect.stringContaining('no teacher') }],
  ])('refuses %s', async (_what, more, error) => {
    const file = path.join(folder, 'birds.yaml');
    writeFileSync(file, `name: birds\nclasses: [{ name: robin }, { name: wren }]\n${more}\n`);
    const config = await loadProject(file, { cwd: folder, env: {} });
    await expect(requireReadyProject(config)).rejects.toMatchObject(error);
  });

  it('asks of a comparison only what no method decides: the project may name another than are compared', async () => {
    const file = path.join(folder, 'birds.yaml');
    const train = 'train: { method: winnow, batch: 125, accumulate: 5 }';
    writeFileSync(file, `name: birds\nclasses: [{ name: robin }, { name: wren }]\n${train}\n`);
    const config = await loadProject(file, { cwd: folder, env: {} });
    expect(() => requireTrainingSettings(config)).not.toThrow();
  });
});
