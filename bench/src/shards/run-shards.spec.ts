import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CommandIo } from '@winnow/contracts';
import { defaultCacheDir } from '@winnow/tensor';
import { runShards } from './run-shards';
import { compareShards, shardsFigures } from './shards-figures';
import type { ShardsReply } from './shards-task';

describe('runShards', () => {
  const cache = mkdtempSync(path.join(tmpdir(), 'winnow-shards-'));
  afterAll(() => rmSync(cache, { recursive: true }));

  it('reads what it wrote, in every way, and leaves only the drawn images', async () => {
    const io: CommandIo = {
      cwd: cache,
      env: { ...process.env, WINNOW_CACHE: cache },
      signal: new AbortController().signal,
      log: () => undefined,
      progress: { start: () => ({ update: () => undefined, end: () => undefined }) },
    };
    const result = await runShards({ images: 9, size: 16, rounds: 1, against: null, minSeconds: 0 }, io);
    expect(result).toMatchObject({ images: 9, size: 16 });
    // Labels 0..8; an eighth, rounded up, where images are coded: labels 0 and 1.
    for (const { pixels, competitors } of result.tasks) {
      expect(competitors).toMatchObject([{ rounds: [{ labels: pixels ? 1 : 36 }] }]);
    }
    expect(result.tasks.filter(({ action }) => action === 'write')).toHaveLength(2);
    expect(readdirSync(path.join(cache, 'bench-runs'))).toEqual([]);
    expect(defaultCacheDir(io.env)).toBe(cache);
  }, 300_000);
});

describe('shardsFigures', () => {
  const reply = (wallSeconds: number, cpuSeconds: number): ShardsReply => ({
    samples: 100,
    wallSeconds,
    cpuSeconds,
    labels: 0,
    imageBytes: 0,
    shardBytes: 0,
  });

  it('takes medians, and compares with the best other', () => {
    const ours = shardsFigures('winnow', [reply(1, 2), reply(2, 2), reply(50, 4)]);
    expect(ours).toMatchObject({ imagesPerSecond: 50, imagesPerCpuSecond: 50, megabytesPerSecond: 0 });
    const task = { action: 'read', order: 'shuffled', pixels: false, cores: 1 } as const;
    const others = [shardsFigures('webdataset', [reply(10, 1)]), shardsFigures('wids', [reply(4, 4)])];
    const rest = { folder: '', pool: '', images: 100, shardSamples: 1, minSeconds: 1 };
    expect(compareShards({ ...task, ...rest }, [ours, ...others])).toMatchObject({
      ...task,
      ratioPerSecond: 2,
      ratioPerCpuSecond: 0.5,
    });
    expect(compareShards({ ...task, ...rest }, [ours])).toMatchObject({ ratioPerSecond: null });
  });
});
