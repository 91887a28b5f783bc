import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { encodeJpeg } from '@winnow/imaging';
import { ourLoader } from './our-loader';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-loader-'));
  mkdirSync(path.join(folder, 'set/a/b'), { recursive: true });
  writeFileSync(path.join(folder, 'set/readme.txt'), 'not an image');
  for (let index = 0; index < 6; index += 1) {
    const data = new Uint8Array(40 * 30 * 3).fill(index * 40);
    writeFileSync(path.join(folder, `set/a/b/${index}.jpg`), await encodeJpeg({ width: 40, height: 30, data }, 90));
  }
  spawnSync('tar', ['--format=ustar', '-cf', path.join(folder, 'set.tar'), '-C', folder, 'set']);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('ourLoader', () => {
  it.each([
    ['set', 0],
    ['set.tar', 1],
  ])('draws from %s with %i threads', async (source, workers) => {
    const figures = await ourLoader({
      source: path.join(folder, source),
      size: 16,
      batch: 2,
      batches: 4,
      workers,
    });
    expect(figures.images).toBe(6);
    expect(figures.imagesPerSecond).toBeCloseTo(8 / figures.seconds, 6);
    expect(figures.peakRssBytes).toBeGreaterThan(1e7);
  });

  it('says when there is nothing to draw', async () => {
    mkdirSync(path.join(folder, 'empty'));
    const bench = { source: path.join(folder, 'empty'), size: 16, batch: 2, batches: 4, workers: 0 };
    await expect(ourLoader(bench)).rejects.toMatchObject({ code: 'MISSING_INPUT' });
  });
});
