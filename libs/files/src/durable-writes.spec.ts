import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { isWinnowError } from '@winnow/contracts';

import { syncFolder, temporaryPath, WRITE_BATCH_BYTES, writeDurably, writeFileAtomic } from './durable-writes';
import { fileError } from './system-error';

describe('writeFileAtomic', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'winnow-write-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('writes, replaces, and leaves nothing else behind', async () => {
    const path = join(root, 'a.txt');
    await writeFileAtomic(path, 'one');
    await writeFileAtomic(path, Uint8Array.from(Buffer.from('two')));
    expect(readFileSync(path, 'utf8')).toBe('two');
    expect(readdirSync(root)).toEqual(['a.txt']);
  });

  it('lets the last of many writers win whole', async () => {
    const path = join(root, 'a.txt');
    const contents = Array.from({ length: 20 }, (_, index) => String(index).repeat(10_000));
    await Promise.all(contents.map((content) => writeFileAtomic(path, content)));
    expect(contents).toContain(readFileSync(path, 'utf8'));
    expect(readdirSync(root)).toEqual(['a.txt']);
  });

  it('says that a new name may not last, where its folder cannot be opened', async () => {
    await expect(syncFolder(join(root, 'absent'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('says that the folder is missing', async () => {
    const path = join(root, 'absent', 'a.txt');
    await expect(writeFileAtomic(path, 'x')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND', where: path });
  });

  it('cleans up when the name is taken by a folder', async () => {
    const path = join(root, 'taken');
    mkdirSync(path);
    await expect(writeFileAtomic(path, 'x')).rejects.toMatchObject({ code: 'FILE_NOT_WRITABLE', where: path });
    expect(readdirSync(root)).toEqual(['taken']);
  });
});

describe('writeDurably', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'winnow-durable-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('writes pieces of any size in order, and says their size and digest', async () => {
    const path = join(root, 'a.txt');
    const pieces = ['ä', Buffer.alloc(WRITE_BATCH_BYTES + 1, 7), '', 'end'];
    const whole = Buffer.concat(pieces.map((piece) => Buffer.from(piece)));
    expect(await writeDurably(path, pieces)).toEqual({
      sizeBytes: whole.length,
      sha256: createHash('sha256').update(whole).digest('hex'),
    });
    expect(readFileSync(path).equals(whole)).toBe(true);
    expect(readdirSync(root)).toEqual(['a.txt']);
  });

  it('leaves the file of before where a piece cannot be made', async () => {
    const path = join(root, 'a.txt');
    await writeDurably(path, ['before']);
    const pieces = function* (): Generator<string> {
      yield 'after';
      throw new Error('no more');
    };
    await expect(writeDurably(path, pieces())).rejects.toThrow('no more');
    expect(readFileSync(path, 'utf8')).toBe('before');
    expect(readdirSync(root).filter((name) => join(root, name) !== temporaryPath(path))).toEqual(['a.txt']);
  });
});

describe('fileError', () => {
  it.each([
    ['ENOSPC', 'DISK_FULL'],
    ['EACCES', 'FILE_NOT_WRITABLE'],
    ['EROFS', 'FILE_NOT_WRITABLE'],
    ['ENOENT', 'FILE_NOT_FOUND'],
  ])('%s is %s, with where and next', (systemCode, code) => {
    const cause = Object.assign(new Error(systemCode), { code: systemCode });
    const error = fileError(cause, '/data/runs/summary.json');
    expect(isWinnowError(error)).toBe(true);
    expect(error).toMatchObject({ code, cause, where: '/data/runs/summary.json' });
    expect((error as { next: string }).next).toContain('/data/runs');
  });

  it('leaves other errors alone', () => {
    const error = new TypeError('no');
    expect(fileError(error, '/x')).toBe(error);
  });
});
