import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { openDatabase } from './open-database';
import { projects } from './schema';

const run = promisify(execFile);
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-db-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('openDatabase (embedded)', () => {
  it('keeps what was written and lets one process in at a time', async () => {
    const first = await openDatabase({ stateDir: folder, holder: 'winnow crawl' });
    await first.db.insert(projects).values({ name: 'a' });
    await expect(openDatabase({ stateDir: folder, holder: 'winnow build' })).rejects.toMatchObject({
      code: 'DATABASE_BUSY',
      message: expect.stringContaining('winnow crawl'),
    });
    await first.close();
    const second = await openDatabase({ stateDir: folder, holder: 'winnow build' });
    expect(await second.db.select().from(projects)).toHaveLength(1);
    await second.close();
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
