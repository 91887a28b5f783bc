import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CommandIo } from '@winnow/contracts';
import { drawSmallImages, IMAGES_FOLDER, TEST_FOLDER } from './small-images';
import { runBuild } from './run-build';

const io = (signal: AbortSignal): CommandIo => ({
  cwd: tmpdir(),
  // A setting of the person who runs it must not change what is compared.
  env: { ...process.env, WINNOW_BUILD_SIZE: '8', DATABASE_URL: 'postgres://127.0.0.1:1/none' },
  signal,
  log: () => undefined,
  progress: { start: () => ({ update: () => undefined, end: () => undefined }) },
});

describe('npm run bench -- build', () => {
  it('builds the same drawn images, finds the copies among them, and compares the digests', async () => {
    const result = await runBuild({ images: 100, against: null }, io(new AbortController().signal));
    expect(result).toMatchObject({ images: 100, testImages: 2, sameDigest: true });
    const [ours] = result.clones;
    expect(ours?.samples).toBeGreaterThan(80);
    expect(ours?.samples).toBeLessThan(100);
    for (const { cpuSeconds, peakBytes } of [ours?.import, ours?.build].flatMap((usage) => usage ?? [])) {
      expect(cpuSeconds).toBeGreaterThan(0.2);
      expect(peakBytes).toBeGreaterThan(50e6);
    }
  }, 300_000);

  it('draws every image, and stops when it is told to', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'winnow-drawn-'));
    try {
      expect(await drawSmallImages(folder, 20, io(new AbortController().signal))).toBe(1);
      const drawn = (top: string): number =>
        readdirSync(path.join(folder, top), { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
          .length;
      expect([drawn(IMAGES_FOLDER), drawn(TEST_FOLDER)]).toEqual([20, 1]);
      await expect(drawSmallImages(folder, 20, io(AbortSignal.abort()))).rejects.toMatchObject({ code: 'INTERRUPTED' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
