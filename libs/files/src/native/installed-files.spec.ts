import { chmod, chown, mkdir, mkdtemp, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { checkInstalled, recordAddOn, writeInstalled } from './installed-files';

const itAsRoot = process.geteuid?.() === 0 ? it : it.skip;
const onPosix = process.geteuid === undefined ? describe.skip : describe;

let root: string, cacheDir: string, folder: string;
const inFolder = (name: string): string => join(folder, name);
const check = (isThorough = false) => checkInstalled({ folder, cacheDir }, { isThorough });
const refusal = (message: RegExp, next: RegExp) => ({
  code: 'ENGINE_UNAVAILABLE',
  message: expect.stringMatching(message),
  next: expect.stringMatching(next),
});
/** When all was written. */
const SECONDS = 1_700_000_000;
const REINSTALL = /^Remove .*build and run `winnow doctor --install`\.$/;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'winnow-installed-'));
  cacheDir = join(root, 'cache');
  folder = join(cacheDir, 'libtensorflow', 'build');
  await mkdir(inFolder('nvidia'), { recursive: true, mode: 0o755 });
  for (const name of ['binding.node', 'lib.so.2', 'nvidia/libcuda.so', 'LICENSE']) {
    await writeFile(inFolder(name), `content of ${name}`, { mode: 0o644 });
    await utimes(inFolder(name), SECONDS, SECONDS);
  }
  await symlink('lib.so.2', inFolder('lib.so'));
  await writeInstalled(folder, { version: '1' });
});
afterEach(() => rm(root, { recursive: true }));

/** Another content of the same length, time and inode. */
async function changeUnseen(name: string): Promise<void> {
  await writeFile(inFolder(name), (await readFile(inFolder(name), 'utf8')).toUpperCase());
  await utimes(inFolder(name), SECONDS, SECONDS);
}

describe('checkInstalled', () => {
  it('takes what was installed, also where it was copied, and knows it again then', async () => {
    await check();
    await check(true);
    await writeFile(inFolder('copy'), 'content of lib.so.2', { mode: 0o644 });
    await rename(inFolder('copy'), inFolder('lib.so.2'));
    const before = await readFile(inFolder('installed.json'), 'utf8');
    await check();
    const after = await readFile(inFolder('installed.json'), 'utf8');
    expect(after).not.toBe(before);
    await check();
    expect(await readFile(inFolder('installed.json'), 'utf8')).toBe(after);
  });

  it('refuses an add-on, a library, or one more of either that was not installed', async () => {
    await changeUnseen('binding.node');
    await expect(check()).rejects.toMatchObject(refusal(/^binding\.node in the cache is not what/, REINSTALL));
    await writeInstalled(folder, {});
    await writeFile(inFolder('lib.so.2'), 'shorter');
    await expect(check()).rejects.toMatchObject(refusal(/^lib\.so\.2 in the cache/, REINSTALL));
    await writeInstalled(folder, {});
    await writeFile(inFolder('nvidia/other.so.1'), '', { mode: 0o644 });
    await expect(check()).rejects.toMatchObject(refusal(/^nvidia\/other\.so\.1 in the cache/, REINSTALL));
    await writeInstalled(folder, {});
    await rm(inFolder('nvidia/other.so.1'));
    await expect(check()).rejects.toMatchObject(refusal(/^nvidia\/other\.so\.1 in the cache/, REINSTALL));
  });

  it('reads the content of libraries where it is to be thorough', async () => {
    await changeUnseen('nvidia/libcuda.so');
    await check();
    await expect(check(true)).rejects.toMatchObject(refusal(/^nvidia\/libcuda\.so in the cache/, REINSTALL));
  });

  it('takes an installation of an earlier version as it is, and records it', async () => {
    await writeFile(inFolder('installed.json'), '{"version":"1"}');
    await check();
    await writeFile(inFolder('binding.node'), 'changed');
    await expect(check()).rejects.toMatchObject(refusal(/^binding\.node in the cache/, REINSTALL));
  });

  it('takes an add-on that was compiled and recorded later', async () => {
    await rm(inFolder('binding.node'));
    await writeFile(inFolder('newer.node'), 'compiled', { mode: 0o644 });
    await recordAddOn(folder, 'newer.node');
    await check(true);
  });
});

onPosix('a cache that somebody else may write', () => {
  it.each([
    ['a file', 0o666, () => inFolder('binding.node')],
    ['a file of a group', 0o664, () => inFolder('lib.so.2')],
    ['the marker', 0o666, () => inFolder('installed.json')],
    ['a folder', 0o777, () => inFolder('nvidia')],
    ['the folder of all builds', 0o775, () => join(cacheDir, 'libtensorflow')],
    ['the cache', 0o777, () => cacheDir],
  ])('is refused with the remedy: %s', async (_, mode, path) => {
    await chmod(path(), mode);
    await expect(check()).rejects.toMatchObject(
      refusal(/^Nothing is loaded from the cache, as .* may be changed by others$/, /`chmod -R go-w .*WINNOW_CACHE/),
    );
    await chmod(path(), 0o755);
    await check();
  });

  it('is refused where everybody may rename it, and not in a folder as /tmp', async () => {
    await chmod(root, 0o1777);
    await check();
    await chmod(root, 0o777);
    await expect(check()).rejects.toMatchObject(refusal(/lets everybody rename what is in it$/, /WINNOW_CACHE/));
  });

  itAsRoot('is refused where a file belongs to another user (needs root, to give it away)', async () => {
    await chown(inFolder('lib.so.2'), 65_534, 65_534);
    await expect(check()).rejects.toMatchObject(refusal(/lib\.so\.2 belongs to another user \(65534\)$/, /chown/));
  });
});
