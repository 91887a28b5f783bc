import { lstatSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeRenames } from './suggest-renames';

describe('names written into a project file', () => {
  it('go into the file that a link leads to, and the link stays one', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'winnow-renames-'));
    const [file, link] = [path.join(folder, 'kept.yaml'), path.join(folder, 'project.yaml')];
    writeFileSync(file, 'name: birds\nteacher:\n  weights: t.safetensors\n');
    symlinkSync(file, link);
    await expect(writeRenames(link, { wren: 'house wren' })).resolves.toEqual([
      '+   rename:',
      '+     wren: house wren',
    ]);
    expect(readFileSync(file, 'utf8')).toContain('wren: house wren');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    rmSync(folder, { recursive: true });
  });
});
