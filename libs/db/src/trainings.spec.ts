import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { acquireLock } from './holder-lock';
import { enterTrainings, listTrainings } from './trainings';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-trainings-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('listTrainings', () => {
  it('names each living process once, and forgets killed ones', async () => {
    expect(await listTrainings(path.join(folder, 'none'))).toEqual([]);
    const preparing = await acquireLock(path.join(folder, 'train.lock'), 'winnow compare');
    const leave = await enterTrainings(folder, 'winnow compare');
    const entry = readdirSync(folder).find((name) => name.startsWith('training-')) as string;
    writeFileSync(path.join(folder, entry.replace(/.$/, 'x')), '{}');
    writeFileSync(path.join(folder, entry.replace(/.{4}$/, '0000')), JSON.stringify({ pid: 2 ** 30, startTicks: '1' }));
    expect((await listTrainings(folder)).map(({ pid, command }) => [pid, command])).toEqual([
      [process.pid, 'winnow compare'],
    ]);
    expect(readdirSync(folder).sort()).toEqual(['train.lock', entry, entry.replace(/.$/, 'x')].sort());
    await Promise.all([leave(), preparing()]);
    expect(await listTrainings(folder)).toEqual([]);
  });

  it('does not take a folder that cannot be read for one in which nobody trains', async () => {
    const file = path.join(folder, 'file');
    writeFileSync(file, '');
    await expect(listTrainings(file)).rejects.toMatchObject({ code: 'ENOTDIR' });
  });
});
