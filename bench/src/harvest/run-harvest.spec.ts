import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CommandIo } from '@winnow/contracts';
import { BENCH_IMAGES } from '../web/bench-web-process';
import { runHarvest } from './run-harvest';

describe('runHarvest', () => {
  const cache = mkdtempSync(path.join(tmpdir(), 'winnow-bench-'));
  afterAll(() => rmSync(cache, { recursive: true }));

  const io = (signal: AbortSignal): CommandIo => ({
    cwd: cache,
    // A setting of the person who runs it must not change what is compared.
    env: { ...process.env, WINNOW_CACHE: cache, WINNOW_BUILD_SIZE: '8', DATABASE_URL: 'postgres://127.0.0.1:1/none' },
    signal,
    log: () => undefined,
    progress: { start: () => ({ update: () => undefined, end: () => undefined }) },
  });

  it('takes every image from its web to the shards, and leaves only the drawn images', async () => {
    const result = await runHarvest(
      { images: 5, size: 32, concurrency: 4, rounds: 1, against: null },
      io(new AbortController().signal),
    );
    expect(result).toMatchObject({ images: 5, size: 32, competitors: [{ name: 'winnow' }] });
    const [ours] = result.competitors;
    expect(ours?.settings).toMatchObject({ delayMillis: 0, respectRobots: false, respectTdm: false, size: 32 });
    expect(Object.keys(ours?.rounds[0]?.steps ?? {})).toEqual(['crawl', 'build']);
    for (const step of Object.values(ours?.rounds[0]?.steps ?? {})) {
      // A command that opens the database and decodes images costs more than this on any machine.
      expect(step.cpuSeconds).toBeGreaterThan(0.2);
      expect(step.peakBytes).toBeGreaterThan(50e6);
    }
    expect(result.meanPixels).toBeGreaterThan(300 * 300);
    expect(readdirSync(path.join(cache, 'bench-runs'))).toEqual([]);
    expect(readdirSync(path.join(cache, BENCH_IMAGES))).toHaveLength(6);
  }, 300_000);

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    stop.abort();
    const options = { images: 5, size: 32, concurrency: 4, rounds: 1, against: null };
    await expect(runHarvest(options, io(stop.signal))).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});
