import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { fetchWheel } from './fetch-wheel';
import type { Wheel } from './nvidia-wheels';
import type { Machine } from '@winnow/files/native';

const CONTENT = 'zip';
const wheel: Wheel = {
  package: 'nvidia-cudnn-cu12',
  version: '9.10.2.21',
  sha256: createHash('sha256').update(CONTENT).digest('hex'),
  sizeBytes: CONTENT.length,
  members: [],
};

describe('fetchWheel', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'winnow-wheel-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const fetchWith = (content: string | null, ok = true) => {
    const calls: (readonly string[])[] = [];
    const environments: unknown[] = [];
    const machine = {
      run: async (_: string, args: readonly string[], options?: { readonly env?: unknown }) => {
        calls.push(args);
        environments.push(options?.env);
        if (content !== null) await writeFile(join(folder, 'some-py3-none-any.whl'), content);
        return { ok, stdout: '', message: ok ? '' : 'no route' };
      },
    } as unknown as Machine;
    const fetching = fetchWheel(wheel, { machine, cacheDir: join(folder, 'cache'), folder, onBytes: () => undefined });
    return { calls, environments, fetching };
  };

  it('gives the path of a wheel of the right digest; whatever pip writes lies in the folder', async () => {
    const { calls, environments, fetching } = fetchWith(CONTENT);
    expect(await fetching).toMatchObject({ ok: true, path: join(folder, 'some-py3-none-any.whl') });
    expect(calls[0]?.slice(0, 4)).toEqual(['-I', '-m', 'pip', 'download']);
    expect(calls[0]?.slice(-3)).toEqual(['--dest', folder, 'nvidia-cudnn-cu12==9.10.2.21']);
    expect(environments).toEqual([{ TMPDIR: folder }]);
  });

  it('refuses another digest', async () => {
    const found = await fetchWith('other').fetching;
    expect(found).toMatchObject({ ok: false, message: expect.stringContaining(`, not ${wheel.sha256}`) });
  });

  it("passes on pip's failure, and says where it left nothing", async () => {
    expect(await fetchWith(null, false).fetching).toMatchObject({ ok: false, message: 'no route' });
    expect(await fetchWith(null).fetching).toMatchObject({ ok: false, message: 'pip left no wheel' });
  });
});
