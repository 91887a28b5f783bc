import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { libtensorflowObstacles } from './libtensorflow-obstacles';
import { LIBTENSORFLOW_RELEASES } from './libtensorflow-release';
import type { Machine } from '@winnow/files/native';

const headers = mkdtempSync(join(tmpdir(), 'winnow-headers-'));
writeFileSync(join(headers, 'node_api.h'), '');
const cacheDir = mkdtempSync(join(tmpdir(), 'winnow-cache-'));
afterAll(() => [headers, cacheDir].forEach((folder) => rmSync(folder, { recursive: true })));

/** One that could install, but for the changes. */
function machine(changes: Partial<Machine> = {}): Machine {
  return {
    platform: 'linux',
    arch: 'x64',
    glibc: '2.36',
    headerDirs: ['/nowhere', headers],
    nvidiaModule: null,
    libcuda: null,
    run: async () => ({ ok: true, stdout: '', message: '' }),
    freeBytes: async () => 5e9,
    ...changes,
  };
}

function without(command: string): Partial<Machine> {
  return {
    run: async (name) => ({ ok: name !== command, stdout: '', message: `spawn ${command} ENOENT` }),
  };
}

const headerDirs = ['/nowhere'];
const { cpu, cuda } = LIBTENSORFLOW_RELEASES;

describe('libtensorflowObstacles', () => {
  it.each<[string, Partial<Machine>, RegExp]>([
    ['another platform', { platform: 'darwin' }, /^libtensorflow 2\.21\.0 is fetched for linux x64 and arm64 only/],
    ['another processor', { arch: 'riscv64' }, /this is linux riscv64$/],
    ['an old C library', { glibc: '2.17' }, /glibc 2\.27 or newer, and this is 2\.17/],
    ['another C library', { glibc: null }, /and this is another one/],
    ['no pip', without('python3'), /`python3 -I -m pip --version` fails \(spawn python3 ENOENT\): install python3-pip/],
    ['no compiler', without('g++'), /: install g\+\+$/],
    ['no headers', { headerDirs }, /node_api\.h is in none of \/nowhere/],
    ['no room', { freeBytes: async () => 1e8 }, /has 0\.1 GB free and 1\.5 GB are needed/],
    [
      'no right to write',
      { freeBytes: async () => Promise.reject(new Error('EACCES')) },
      /cannot be written \(EACCES\)/,
    ],
  ])('names %s', async (_, changes, expected) => {
    const found = await libtensorflowObstacles(machine(changes), cacheDir, cpu);
    expect(found.filter((sentence) => expected.test(sentence))).toHaveLength(1);
  });

  it('finds nothing where nothing is lacking', async () => {
    expect(await libtensorflowObstacles(machine(), cacheDir, cpu)).toEqual([]);
  });

  it('finds nothing on arm64, but for the CUDA build', async () => {
    const arm = machine({ arch: 'arm64' });
    expect(await libtensorflowObstacles(arm, cacheDir, cpu)).toEqual([]);
    expect(await libtensorflowObstacles(arm, cacheDir, cuda)).toEqual([
      'libtensorflow 2.21.0 for CUDA is fetched for linux x64 only, and this is linux arm64',
    ]);
  });

  it('asks more room for the CUDA build, and no GPU', async () => {
    const small = machine({ freeBytes: async () => 2e9 });
    expect(await libtensorflowObstacles(small, cacheDir, cpu)).toEqual([]);
    expect(await libtensorflowObstacles(small, '/cache', cuda)).toEqual([
      expect.stringMatching(/has 2\.0 GB free and \d\.\d GB are needed/),
    ]);
  });

  it('names everything at once', async () => {
    const nothing = machine({
      headerDirs,
      run: async () => ({ ok: false, stdout: '', message: 'no' }),
      freeBytes: async () => 0,
    });
    expect(await libtensorflowObstacles(nothing, cacheDir, cpu)).toHaveLength(4);
  });
});
