import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { describeEngines } from './describe-engines';
import { markerPath } from './libtensorflow-release';
import type { Machine } from './machine';

const bare: Machine = {
  platform: 'linux',
  arch: 'x64',
  glibc: '2.36',
  headerDirs: [],
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
});
