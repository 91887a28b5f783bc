import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CommandIo } from '@winnow/contracts';
import { teacherCommand } from './commands/teacher';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(path.join(tmpdir(), 'winnow-train-teacher-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

describe('winnow teacher train', () => {
  const train = teacherCommand.subcommands?.find(({ name }) => name === 'train');

  it('replaces no weights unless it is told to, and says so before anything is read', async () => {
    writeFileSync(path.join(cwd, 'teacher.safetensors'), 'of last week');
    const input = { arguments: { pictures: 'nowhere' }, options: { out: 'teacher.safetensors', model: 'resnet8' } };
    await expect(train?.run?.(input, { cwd } as CommandIo)).rejects.toMatchObject({
      code: 'USAGE',
      next: expect.stringContaining('--force') as string,
    });
    expect(readFileSync(path.join(cwd, 'teacher.safetensors'), 'utf8')).toBe('of last week');
  });
});
