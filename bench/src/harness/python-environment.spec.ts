import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { installedPython, pythonPrograms } from './python-environment';
import type { PythonEnvironment } from './python-environment';

const environment: PythonEnvironment = {
  name: 'none',
  packages: ['pillow==13.0.0'],
  modules: ['sys'],
  otherwise: 'do without',
};

describe('pythonPrograms', () => {
  const cache = mkdtempSync(path.join(tmpdir(), 'winnow-python-'));
  afterAll(() => rmSync(cache, { recursive: true }));
  const io = (signal = new AbortController().signal) => ({ log: () => undefined, signal });

  const file = path.join(cache, 'a file');
  writeFileSync(file, '');

  it('says why an environment cannot be made, and does not take what is left of it for one', async () => {
    await expect(pythonPrograms(environment, file, io())).rejects.toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      next: 'Install Python 3.11 or later with venv and pip, or do without.',
    });
    expect(installedPython(environment, file)).toBeUndefined();
  });

  it('stops when it is told to', async () => {
    const stopped = AbortSignal.abort();
    await expect(pythonPrograms(environment, cache, io(stopped))).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });

  it('takes what is installed, for the same packages only', async () => {
    const wanted = await pythonPrograms(environment, file, io()).catch((error: { where: string }) => error.where);
    const folder = path.join(cache, path.relative(file, wanted));
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'installed.json'), '[]');
    expect(await pythonPrograms(environment, cache, io())).toBe(path.join(folder, 'bin'));
    expect(installedPython({ ...environment, packages: ['other==1'] }, cache)).toBeUndefined();
  });
});
