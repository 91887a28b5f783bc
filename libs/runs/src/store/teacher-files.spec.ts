import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isOtherTeacherFile, recordTeacherFile } from './teacher-files';

describe('files of teachers', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'winnow-teachers-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are other ones once their bytes are, of a folder by its description', async () => {
    const [weights, imported] = [path.join(folder, 'w.safetensors'), path.join(folder, 'imported')];
    writeFileSync(weights, 'one');
    mkdirSync(imported);
    writeFileSync(path.join(imported, 'teacher.json'), '{}');
    expect(await isOtherTeacherFile(folder, 'a', weights)).toBe(false);
    await recordTeacherFile(folder, 'a', weights);
    await recordTeacherFile(folder, 'b', imported);
    expect(await isOtherTeacherFile(folder, 'a', weights)).toBe(false);
    expect(await isOtherTeacherFile(folder, 'b', imported)).toBe(false);
    writeFileSync(weights, 'two');
    writeFileSync(path.join(imported, 'teacher.json'), '{ }');
    // What was remembered first stays.
    await recordTeacherFile(folder, 'a', weights);
    expect(await isOtherTeacherFile(folder, 'a', weights)).toBe(true);
    expect(await isOtherTeacherFile(folder, 'b', imported)).toBe(true);
    rmSync(weights);
    expect(await isOtherTeacherFile(folder, 'a', weights)).toBe(true);
  });
});
