import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { CommandIo } from '@winnow/contracts';

import { doctorCommand } from './doctor';

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

describe('winnow doctor', () => {
  let cacheDir: string;
  beforeAll(async () => {
    cacheDir = await mkdtemp(join(tmpdir(), 'winnow-doctor-'));
  });
  afterAll(() => rm(cacheDir, { recursive: true }));

  const run = (options: Readonly<Record<string, unknown>>, cache = cacheDir) => {
    const io: CommandIo = {
      cwd: cacheDir,
      env: { WINNOW_CACHE: cache },
      signal: new AbortController().signal,
      log: () => undefined,
      progress: { start: () => ({ update: () => undefined, end: () => undefined }) },
    };
    return doctorCommand.run?.({ arguments: {}, options }, io);
  };

  it('reports the engines, both builds of libtensorflow with the way to each, and the GPU', async () => {
    const result = await run({});
    expect(result?.json).toMatchObject({
      engine: 'wasm',
      variants: [
        { variant: 'cuda', installed: false, path: join(cacheDir, 'libtensorflow', '2.21.0-cuda') },
        { variant: 'cpu', installed: false, path: join(cacheDir, 'libtensorflow', '2.21.0-cpu') },
      ],
      gpu: { seen: expect.any(Boolean), devices: expect.any(Array), missing: expect.any(Array) },
    });
    const checks = result?.json['checks'] as unknown as readonly Check[];
    expect(checks.map(({ name }) => name)).toEqual([
      ...['node', 'engine tensorflow', 'engine wasm', 'engine cpu', 'build cuda', 'build cpu', 'gpu'],
      ...['jpeg codec', 'browser', 'folder', 'database'],
    ]);
    const details = new Map(checks.map(({ name, detail }) => [name, detail]));
    expect(details.get('build cuda')).toMatch(/`winnow doctor --install --variant cuda` fetches it \(3\.3 GB\)$/);
    expect(details.get('jpeg codec')).toMatch(/; sharp decodes JPEGs, in three to five times the time$/);
    expect(details.get('build cpu')).toMatch(/`winnow doctor --install --variant cpu` fetches it \(274 MB\)$/);
  });

  it.each(['darwin', 'win32'] as const)('says on %s what works there, and how to have the rest', async (platform) => {
    const before = process.platform;
    Object.defineProperty(process, 'platform', { value: platform });
    try {
      const checks = (await run({}))?.json['checks'] as unknown as readonly Check[];
      const said = checks.find(({ name }) => name === 'platform')?.detail;
      expect(said).toMatch(new RegExp(`^${platform} ${process.arch}: crawls, builds and trains .*docker build -f`));
    } finally {
      Object.defineProperty(process, 'platform', { value: before });
    }
  });

  it('installs the codec alone, for machines that train nothing', async () => {
    const ownCache = join(cacheDir, 'crawler');
    const result = await run({ install: true, variant: 'none' }, ownCache);
    const ready = (result?.json['checks'] as unknown as readonly Check[])
      .filter(({ ok }) => ok)
      .map(({ name }) => name);
    expect(ready).toContain('jpeg codec');
    expect(ready).not.toContain('build cpu');
  });

  it('refuses --variant without --install, which would do nothing', async () => {
    await expect(run({ variant: 'cuda' })).rejects.toMatchObject({
      code: 'USAGE',
      next: 'Run `winnow doctor --install --variant cuda`.',
    });
  });
});
