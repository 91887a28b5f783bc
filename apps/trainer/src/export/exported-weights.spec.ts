import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { exportedWeights } from './exported-weights';

let folder: string;
const run = (name: string, project: string, startedAt: string): void => {
  const location = path.join(folder, '.winnow/runs', name);
  mkdirSync(location, { recursive: true });
  const files = {
    'state.json': { identity: name, status: 'finished' },
    'manifest.json': { project, startedAt },
    'config.json': {},
    'summary.json': {},
  };
  for (const [file, value] of Object.entries(files)) writeFileSync(path.join(location, file), JSON.stringify(value));
  for (const file of ['metrics.jsonl', 'student.safetensors']) writeFileSync(path.join(location, file), '');
};

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-exported-'));
  for (const name of ['birds', 'cars', 'boats']) {
    writeFileSync(path.join(folder, `${name}.yaml`), `name: ${name}\nclasses: [{ name: a }, { name: b }]\n`);
  }
  run('early', 'birds', '2026-01-01T00:00:00Z');
  run('later', 'birds', '2026-01-02T00:00:00Z');
  run('foreign', 'cars', '2026-01-03T00:00:00Z');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('exportedWeights', () => {
  const find = (project: string, name?: string) => exportedWeights(`${project}.yaml`, name, { cwd: folder, env: {} });

  it('finds the newest run of the project, or the one that is named', async () => {
    expect((await find('birds')).name).toBe('later');
    expect((await find('birds', 'early')).name).toBe('early');
  });

  it("takes another project's run from the folder that they share only where it is named", async () => {
    expect((await find('birds', 'foreign')).name).toBe('foreign');
    await expect(find('birds', 'none')).rejects.toMatchObject({ code: 'MISSING_INPUT' });
    await expect(find('boats')).rejects.toMatchObject({
      code: 'MISSING_INPUT',
      message: expect.stringMatching(/boats has no finished run; .* of cars, birds/),
    });
  });
});
