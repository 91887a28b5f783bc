import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { thisMachine } from '@winnow/files/native';
import type { Machine, RunResult } from '@winnow/files/native';
import { codecDir } from './codec-release';
import { describeJpegCodec, installJpegCodec } from './install-jpeg-codec';

const DONE: RunResult = { ok: true, stdout: '', message: '' };

let cacheDir: string;
beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'winnow-codec-'));
});
afterEach(() => rm(cacheDir, { recursive: true }));

const machineThat = (run: Machine['run'], about: Partial<Machine> = {}): Machine => ({
  ...thisMachine(),
  ...{ platform: 'linux', arch: 'x64', glibc: '2.36', run },
  ...about,
});
const install = (machine: Machine): Promise<void> => installJpegCodec({ cacheDir, log: () => undefined }, machine);

describe('installJpegCodec', () => {
  it('takes no package but the one it knows', async () => {
    const asked: string[] = [];
    const machine = machineThat(async (command, args) => {
      asked.push(command);
      await writeFile(join(args[args.indexOf('--pack-destination') + 1] as string, 'package.tgz'), 'something else');
      return DONE;
    });
    await expect(install(machine)).rejects.toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      message: expect.stringMatching(/^package\.tgz has the SHA-512 .*, not gq/) as unknown,
    });
    expect(asked).toEqual(['npm']);
    expect(existsSync(codecDir(cacheDir))).toBe(false);
  });

  it('says what failed, and leaves nothing behind', async () => {
    const failing = machineThat(() => Promise.resolve({ ok: false, stdout: '', message: 'spawn npm ENOENT' }));
    await expect(install(failing)).rejects.toMatchObject({
      message: 'fetching @julusian/jpeg-turbo 2.3.0 with npm failed: spawn npm ENOENT',
      next: expect.stringMatching(/^JPEGs are decoded without it too/) as unknown,
    });
    expect(await readdir(join(cacheDir, 'jpeg-codec'))).toEqual([]);
  });

  it('asks for nothing where there is no library', async () => {
    const run = (): never => {
      throw new Error('asked');
    };
    for (const about of [{ platform: 'darwin' }, { arch: 'riscv64' }, { glibc: null }]) {
      await expect(install(machineThat(run, about))).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
    }
  });
});

describe('describeJpegCodec', () => {
  it('says what to do where it is not there', async () => {
    const about = (machine: Machine) => describeJpegCodec(cacheDir, machine);
    const run = () => Promise.resolve(DONE);
    expect(await about(machineThat(run))).toEqual({
      ...{ usable: false, path: codecDir(cacheDir) },
      reason: 'not installed: run `winnow doctor --install`',
    });
    const { reason } = await about(machineThat(run, { platform: 'darwin', arch: 'arm64' }));
    expect(reason).toMatch(/Linux with glibc on x64 and arm64 only, and this is darwin arm64$/);
  });
});
