import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { PGlite } from '@electric-sql/pglite';
import type { WinnowError } from '@winnow/contracts';
import { openDatabase } from './open-database';
import { projects } from './schema';

const run = promisify(execFile);
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-db-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('openDatabase (embedded)', () => {
  it('keeps what was written, lets a second one in as a guest, and goes on with it when the first is closed', async () => {
    const first = await openDatabase({ stateDir: folder, holder: 'winnow crawl' });
    await first.db.insert(projects).values({ name: 'a' });
    const second = await openDatabase({ stateDir: folder, holder: 'winnow build' });
    expect(await second.db.select().from(projects)).toHaveLength(1);
    await second.db.insert(projects).values({ name: 'b' });
    expect(await first.db.select().from(projects)).toHaveLength(2);
    await first.close();
    await second.db.insert(projects).values({ name: 'c' });
    expect((await second.db.select().from(projects)).map(({ name }) => name).sort()).toEqual(['a', 'b', 'c']);
    await second.close();
    expect(readdirSync(folder).sort()).toEqual(['db', 'db-rows.gz']);
  });

  it('takes over the lock of a process that is gone', async () => {
    const { stdout } = await run(process.execPath, ['-p', 'process.pid']);
    writeFileSync(
      path.join(folder, 'db.lock'),
      JSON.stringify({ pid: Number(stdout), startTicks: '1', command: 'gone' }),
    );
    const handle = await openDatabase({ stateDir: folder, holder: 'winnow crawl' });
    await handle.close();
  });

  it('takes over a lock whose process id now belongs to another process', async () => {
    writeFileSync(
      path.join(folder, 'db.lock'),
      JSON.stringify({ pid: process.ppid, startTicks: '0', command: 'gone' }),
    );
    const handle = await openDatabase({ stateDir: folder, holder: 'winnow crawl' });
    await handle.close();
  });
});

describe('openDatabase (embedded) where it cannot be', () => {
  const failure = async (stateDir: string): Promise<WinnowError> =>
    openDatabase({ stateDir, holder: 'winnow crawl' }).then(
      () => Promise.reject(new Error('it was opened')),
      (error: unknown) => error as WinnowError,
    );

  it('says that a file is in the place of a folder', async () => {
    const file = path.join(folder, 'state');
    writeFileSync(file, '');
    mkdirSync(path.join(folder, 'b'));
    writeFileSync(path.join(folder, 'b', 'db'), '');
    mkdirSync(path.join(folder, 'c', 'db.lock'), { recursive: true });
    for (const [stateDir, where] of [
      [file, file],
      [path.join(file, 'below'), path.join(file, 'below')],
      [path.join(folder, 'b'), path.join(folder, 'b', 'db')],
    ] as const) {
      expect(await failure(stateDir)).toMatchObject({
        code: 'FILE_NOT_WRITABLE',
        message: "A file is where the database's folder should be",
        where,
        next: expect.stringContaining('rename'),
      });
    }
    expect(await failure(path.join(folder, 'c'))).toMatchObject({
      code: 'FILE_NOT_WRITABLE',
      message: 'A folder is where a file of the database should be',
      where: path.join(folder, 'c', 'db.lock'),
    });
    expect(readdirSync(path.join(folder, 'b'))).toEqual(['db']);
  });

  it.each([
    [{ errno: 20 }, "A file is where the database's folder should be"],
    [{ errno: 31 }, 'A folder is where a file of the database should be'],
    [{ errno: 54 }, "A file is where the database's folder should be"],
    [{ errno: 51 }, 'No space is left for the database'],
    [{ errno: 2 }, 'The folder cannot be written'],
    [{ name: 'ErrnoError', errno: 29 }, 'The embedded database cannot be opened (ErrnoError, errno 29)'],
    [{}, 'The embedded database cannot be opened (unknown error)'],
    ['gone', 'The embedded database cannot be opened (gone)'],
    [undefined, 'The embedded database cannot be opened (undefined)'],
  ])('makes one line of %j', async (thrown, message) => {
    const create = jest.spyOn(PGlite, 'create').mockRejectedValue(thrown);
    try {
      const error = await failure(folder);
      expect(error).toMatchObject({ message, where: path.join(folder, 'db'), next: expect.any(String) });
    } finally {
      create.mockRestore();
    }
  });
});

describe('openDatabase (server)', () => {
  it('says which server cannot be reached, without the password', async () => {
    const opening = openDatabase({
      url: 'postgres://me:secret@127.0.0.1:1/x',
      stateDir: folder,
      holder: 'winnow crawl',
    });
    await expect(opening).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE', where: 'DATABASE_URL, 127.0.0.1:1' });
    await expect(opening).rejects.not.toMatchObject({ message: expect.stringContaining('secret') });
  });

  it('refuses what is not a URL', async () => {
    await expect(openDatabase({ url: 'nonsense', stateDir: folder, holder: 'x' })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });
});
