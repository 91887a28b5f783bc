import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { describeEngines, describeVariants } from './describe-engines';
import { markerPath } from '../install/libtensorflow-release';
import type { Machine } from '@winnow/files/native';

const bare: Machine = {
  platform: 'linux',
  arch: 'x64',
  glibc: '2.36',
  headerDirs: [],
  nvidiaModule: null,
  libcuda: null,
  run: async () => ({ ok: false, stdout: '', message: 'not found' }),
  freeBytes: async () => 9e9,
};

describe('describeEngines', () => {
  let cacheDir: string;
  beforeEach(async () => {
    cacheDir = await mkdtemp(join(tmpdir(), 'winnow-cache-'));
  });
  afterEach(() => rm(cacheDir, { recursive: true }));

  it('names the engines from the fastest on, with what the first lacks', async () => {
    const reports = await describeEngines({ cacheDir }, bare);
    expect(reports.map(({ engine, usable }) => [engine, usable])).toEqual([
      ['tensorflow', false],
      ['wasm', true],
      ['cpu', true],
    ]);
    expect(reports[0]).toMatchObject({
      path: join(cacheDir, 'libtensorflow', '2.21.0-cpu'),
      reason: 'not installed, and not installable yet',
    });
    expect(reports[0]?.missing).toHaveLength(3);
  });

  it('asks nothing of the machine where libtensorflow is installed', async () => {
    await mkdir(dirname(markerPath(cacheDir)), { recursive: true });
    await writeFile(markerPath(cacheDir), '{}');
    const [report] = await describeEngines({ cacheDir }, { ...bare, platform: 'plan9' });
    expect(report).toMatchObject({ usable: true, version: '2.21.0', reason: null, missing: [] });
  });

  it('takes the CUDA build where both are installed', async () => {
    for (const variant of ['cpu', 'cuda'] as const) {
      await mkdir(dirname(markerPath(cacheDir, variant)), { recursive: true });
      await writeFile(markerPath(cacheDir, variant), '{}');
    }
    const [report] = await describeEngines({ cacheDir }, bare);
    expect(report).toMatchObject({ usable: true, path: join(cacheDir, 'libtensorflow', '2.21.0-cuda') });
  });

  it('speaks of the CUDA build where an NVIDIA driver is and nothing is installed', async () => {
    const [report] = await describeEngines({ cacheDir }, { ...bare, libcuda: '/usr/lib/libcuda.so.1' });
    expect(report).toMatchObject({ usable: false, path: join(cacheDir, 'libtensorflow', '2.21.0-cuda') });
  });
});

describe('describeVariants', () => {
  it('tells of each build what it takes and what it lacks', async () => {
    const cacheDir = await mkdtemp(join(tmpdir(), 'winnow-cache-'));
    await mkdir(dirname(markerPath(cacheDir, 'cpu')), { recursive: true });
    await writeFile(markerPath(cacheDir, 'cpu'), '{}');
    const small = { ...bare, run: async () => ({ ok: true, stdout: '', message: '' }), freeBytes: async () => 2e9 };
    const [cuda, cpu] = await describeVariants({ cacheDir }, small);
    await rm(cacheDir, { recursive: true });
    expect(cuda).toMatchObject({ variant: 'cuda', installed: false, downloadBytes: 3_340_889_224 });
    expect(cuda?.missing).toEqual([
      expect.stringContaining('node_api.h'),
      expect.stringMatching(/has 2\.0 GB free and \d\.\d GB are needed/),
    ]);
    expect(cpu).toMatchObject({ variant: 'cpu', installed: true, downloadBytes: 273_829_956, missing: [] });
  });
});
