import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openDatabase } from '@winnow/db';

const WINNOW = path.resolve(__dirname, '../bin/winnow.js');
const EMPTY_DATABASE = path.resolve(__dirname, '../../../tools/jest/preload-copying-pglite.js');
const PROJECT = 'name: p\nclasses: [{ name: a, queries: [a] }, { name: b, queries: [b] }]\n';
const NOBODY = 65_534;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-machine-'));
  writeFileSync(path.join(folder, 'p.yaml'), PROJECT);
  chmodSync(folder, 0o755);
});
afterEach(() => {
  spawnSync('umount', [path.join(folder, 'small')], { stdio: 'ignore' });
  rmSync(folder, { recursive: true, force: true });
});

function winnow(line: readonly string[], { preload = [], ...options }: { uid?: number; preload?: string[] } = {}) {
  const env = { PATH: process.env['PATH'], HOME: folder, WINNOW_LOOPBACK_ONLY: '1' };
  const hooks = preload.flatMap((file) => ['-r', file]);
  const { status, stdout, stderr } = spawnSync(process.execPath, [...hooks, WINNOW, ...line], {
    cwd: folder,
    env,
    encoding: 'utf8',
    ...options,
  });
  const problems = stderr.split('\n').filter((text) => text.startsWith('error: '));
  return { status, stdout, problems };
}

const isRoot = process.getuid?.() === 0;
/** Whether another user can run winnow from here at all. */
const nobodyCanRun =
  isRoot && spawnSync(process.execPath, [WINNOW, '--version'], { uid: NOBODY, cwd: '/' }).status === 0;
const canMount = (() => {
  if (!isRoot) return false;
  const probe = mkdtempSync(path.join(tmpdir(), 'winnow-mount-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe]);
  if (status === 0) spawnSync('umount', [probe]);
  rmSync(probe, { recursive: true, force: true });
  return status === 0;
})();

describe('winnow on a machine that does not play along', () => {
  (nobodyCanRun ? it : it.skip)('says that a folder cannot be written (needs root, to become another user)', () => {
    expect(winnow(['crawl', 'p.yaml'], { uid: NOBODY })).toEqual({
      status: 1,
      stdout: '',
      problems: [expect.stringMatching(/cannot be written.*\.winnow.*permissions/)],
    });
  });

  (canMount ? it : it.skip)('says that the disk is full (needs root, to mount a small one)', () => {
    const small = path.join(folder, 'small');
    mkdirSync(small);
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', small]).status).toBe(0);
    writeFileSync(path.join(small, 'p.yaml'), PROJECT);
    expect(winnow(['crawl', path.join(small, 'p.yaml')])).toEqual({
      status: 1,
      stdout: '',
      problems: [expect.stringMatching(/No space is left.*Free some space/)],
    });
  });

  const limited = (limit: string, line: readonly string[]) => {
    const command = `ulimit ${limit}; exec "$0" "$@"`;
    const { status, stderr } = spawnSync('/bin/sh', ['-c', command, process.execPath, WINNOW, ...line], {
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: folder, WINNOW_LOOPBACK_ONLY: '1' },
      encoding: 'utf8',
    });
    return { status, lines: stderr.trim().split('\n') };
  };
  const hasLimits = process.platform === 'linux';

  (hasLimits ? it : it.skip)('says that too few files may be open, and leaves nothing by halves (needs Linux)', () => {
    expect(limited('-n 64', ['crawl', 'p.yaml', '--limit', '0'])).toEqual({
      status: 1,
      lines: [expect.stringMatching(/^error: Too many open files.*ulimit -n 1024/)],
    });
    expect(winnow(['status', 'p.yaml'], { preload: [EMPTY_DATABASE] })).toMatchObject({ status: 0, problems: [] });
  });

  (hasLimits ? it : it.skip)('says that WebAssembly gets too few addresses (needs Linux)', async () => {
    const holder = await openDatabase({ stateDir: path.join(folder, '.winnow'), holder: 'winnow crawl' });
    await holder.close();
    for (const kilobytes of [2e6, 4e6, 8e6, 16e6]) {
      expect(limited(`-v ${kilobytes}`, ['status', 'p.yaml'])).toEqual({
        status: 1,
        lines: [expect.stringMatching(/^error: .*WebAssembly.*ulimit -v unlimited/)],
      });
    }
  });

  it('says who holds the embedded database, where nobody is let in', async () => {
    const stateDir = path.join(folder, '.winnow');
    const holder = await openDatabase({ stateDir, holder: 'winnow crawl', alone: true });
    try {
      expect(winnow(['status', 'p.yaml'])).toEqual({
        status: 1,
        stdout: '',
        problems: [expect.stringMatching(/in use by `winnow crawl`.*DATABASE_URL/)],
      });
    } finally {
      await holder.close();
    }
  });
});
