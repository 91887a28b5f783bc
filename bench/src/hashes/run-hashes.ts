import { loadavg } from 'node:os';
import path from 'node:path';
import { requireUninterrupted, withProgress } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import { SeededRandom } from '@winnow/random';
import { defaultCacheDir } from '@winnow/tensor';
import { machine } from '../harness/figures';
import { BENCH_IMAGES } from '../web/bench-web-process';
import { measureHashes } from './measure-hashes';
import type { HashesFigures } from './measure-hashes';
import { perturbedHashes } from './perturbed-hashes';
import { imageHashes } from './image-hashes';

export interface HashesBenchOptions {
  readonly count: number;
  readonly workers: number;
  /** Folder or tar; null: drawn images. */
  readonly images: string | null;
  /** Hashes that are compared with all others. */
  readonly sample: number;
  readonly mirrors: boolean;
}

interface HashesBenchResult extends HashesBenchOptions {
  readonly processor: string;
  readonly threads: number;
  /** Load of the machine over a minute, before and after. */
  readonly load: readonly [number, number];
  /** Images whose hashes the others are derived from. */
  readonly real: number;
  /** For growing numbers of hashes, the last one as asked for. */
  readonly sizes: readonly HashesFigures[];
}

const DRAWN = 256;
const MAX_IMAGES = 2000;
const GROWTH = [10_000, 100_000];

/**
 * Duplicates among many hashes that are derived from those of real images: time and memory of the index, of all near
 * pairs and of clusters, and whether a sample of them is what comparing all gives.
 * @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID, INTERNAL, INTERRUPTED
 */
export async function runHashes(options: HashesBenchOptions, io: CommandIo): Promise<HashesBenchResult> {
  const [loadBefore] = loadavg() as [number, number, number];
  const drawn = path.join(defaultCacheDir(io.env), BENCH_IMAGES);
  const most = options.images === null ? DRAWN : MAX_IMAGES;
  const real = await imageHashes({ source: options.images, drawn, most }, io);
  const counts = [...GROWTH.filter((count) => count < options.count), options.count];
  const sizes: HashesFigures[] = [];
  const shown = { label: 'hashes', total: counts.length, unit: 'sizes' };
  await withProgress(io.progress, shown, async (task) => {
    for (const count of counts) {
      requireUninterrupted(io.signal, 'The benchmark was stopped', { next: 'Run it again.' });
      const random = new SeededRandom(`hashes/${count}`);
      sizes.push(await measureHashes(perturbedHashes(real, count, random), options, random));
      task.update(sizes.length, `${count} hashes`);
    }
  });
  return {
    ...options,
    ...machine(),
    load: [loadBefore, loadavg()[0] as number],
    real: real.length,
    sizes,
  };
}
