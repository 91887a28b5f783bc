import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { settleFolder, writeWholeFolder } from './whole-folder';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-write-export-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const fill = (text: string) => (draft: string) => {
  writeFileSync(path.join(draft, 'a'), text);
  return Promise.resolve();
};

const isNew = async () => false;
const isThere = async () => true;

describe('writeWholeFolder', () => {
  it('makes the folders on the way, replaces the folder as a whole, and leaves nothing else', async () => {
    const out = path.join(folder, 'deep', 'out');
    await writeWholeFolder(out, isNew, fill('one'));
    writeFileSync(path.join(out, 'b'), 'old');
    await writeWholeFolder(out, isThere, fill('two'));
    expect(readFileSync(path.join(out, 'a'), 'utf8')).toBe('two');
    expect(readdirSync(out)).toEqual(['a']);
    expect(readdirSync(path.dirname(out))).toEqual(['out']);
  });

  it('changes nothing where the content cannot be made', async () => {
    const out = path.join(folder, 'out');
    const failing = async (draft: string): Promise<void> => {
      await fill('half')(draft);
      throw new Error('no more');
    };
    await expect(writeWholeFolder(out, isNew, failing)).rejects.toThrow('no more');
    expect(readdirSync(folder)).toEqual([]);
    await writeWholeFolder(out, isNew, fill('one'));
    await expect(writeWholeFolder(out, isThere, failing)).rejects.toThrow('no more');
    expect(readFileSync(path.join(out, 'a'), 'utf8')).toBe('one');
    expect(readdirSync(folder)).toEqual(['out']);
  });

  it('keeps what came to its place in the meantime', async () => {
    const out = path.join(folder, 'out');
    const late = async (draft: string): Promise<void> => {
      await fill('mine')(draft);
      mkdirSync(out);
      writeFileSync(path.join(out, 'theirs'), '');
    };
    await expect(writeWholeFolder(out, isNew, late)).rejects.toThrow();
    expect(readdirSync(out)).toEqual(['theirs']);
  });

  it('asks whether it may replace what is there once all is made, and leaves it where not', async () => {
    const out = path.join(folder, 'out');
    await writeWholeFolder(out, isNew, fill('one'));
    const changed = async (draft: string): Promise<void> => {
      await fill('two')(draft);
      writeFileSync(path.join(out, 'mine'), '');
    };
    const onlyOurs = async (): Promise<boolean> => {
      if (readdirSync(out).includes('mine')) throw new Error('not ours');
      return true;
    };
    await expect(writeWholeFolder(out, onlyOurs, changed)).rejects.toThrow('not ours');
    expect(readdirSync(out)).toEqual(['a', 'mine']);
    expect(readFileSync(path.join(out, 'a'), 'utf8')).toBe('one');
    expect(readdirSync(folder)).toEqual(['out']);
  });

  it('says so where a file is in the way', async () => {
    writeFileSync(path.join(folder, 'file'), '');
    const out = path.join(folder, 'file', 'out');
    await expect(writeWholeFolder(out, isNew, fill('x'))).rejects.toMatchObject({ code: 'FILE_NOT_WRITABLE' });
    expect(existsSync(out)).toBe(false);
  });
});

describe('settleFolder', () => {
  const scratch = (name: string, ...parts: readonly string[]): void => {
    for (const part of parts) {
      mkdirSync(path.join(folder, name, part), { recursive: true });
      writeFileSync(path.join(folder, name, part, 'a'), part);
    }
  };

  it('brings the earlier folder back where a killed export had moved it, and removes the rest', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    scratch('.out.Ab12Cd', 'new');
    scratch(`.out.${pid}-Ab12Cd`, 'new', 'old');
    await settleFolder(path.join(folder, 'out'));
    expect(readdirSync(folder)).toEqual(['out']);
    expect(readFileSync(path.join(folder, 'out/a'), 'utf8')).toBe('old');
  });

  it('keeps the folder that is there', async () => {
    scratch('out', '.');
    scratch('.out.Ab12Cd', 'old');
    await settleFolder(path.join(folder, 'out'));
    expect(readdirSync(folder)).toEqual(['out']);
    expect(readFileSync(path.join(folder, 'out/a'), 'utf8')).toBe('.');
  });

  it('leaves alone what is not its own, or at work', async () => {
    scratch(`.out.${process.ppid}-Ab12Cd`, 'new', 'old');
    scratch('.out.backup', 'mine', 'old');
    scratch('.out.old', 'old');
    scratch('.other.Ab12Cd', 'old');
    writeFileSync(path.join(folder, '.out.Ef34Gh'), '');
    const before = readdirSync(folder, { recursive: true });
    await settleFolder(path.join(folder, 'out'));
    expect(readdirSync(folder, { recursive: true })).toEqual(before);
  });
});
