import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { WinnowError } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import { defaultCacheDir } from '@winnow/tensor';
import { BENCH_IMAGES, startBenchWebProcess } from '../web/bench-web-process';
import type { BenchWebProcess } from '../web/bench-web-process';
import { roundFigures } from './harvest-competitor';
import type { HarvestCompetitor, HarvestRound, HarvestSettings } from './harvest-competitor';
import { img2datasetHarvest } from './img2dataset-harvest';
import { ourHarvest } from './our-harvest';
import { machine, mean, medians } from '../harness/figures';
import { inTurn } from '../harness/in-turn';
import { pythonWith } from '../harness/python-environment';
import { IMG2DATASET } from '../harness/python-environments';

export interface HarvestOptions extends HarvestSettings {
  readonly images: number;
  readonly rounds: number;
  readonly against: 'img2dataset' | null;
}

/** One program; medians over the rounds. */
interface HarvestFigures
  extends Pick<HarvestCompetitor, 'name' | 'version' | 'settings'>, ReturnType<typeof roundFigures> {
  readonly rounds: readonly HarvestRound[];
  /** Of the last round. */
  readonly profile?: HarvestRound['profile'];
}

export interface HarvestResult extends HarvestOptions {
  readonly processor: string;
  readonly threads: number;
  /** Of the images that are served. */
  readonly meanPixels: number;
  readonly meanBytes: number;
  /** Ours first. */
  readonly competitors: readonly HarvestFigures[];
  /** Our processor time for an image by the other's, and that of the clock: below 1 we are faster. */
  readonly ratio?: number;
  readonly wallRatio?: number;
}

/**
 * From a list of image URLs to shards: ours, and in turn with it img2dataset on the same list, from a web on
 * loopback whose work is not counted. Each round starts with an empty folder; who goes first alternates.
 * @throws WinnowError INTERNAL where a program fails or not all images reach the shards, ENGINE_UNAVAILABLE,
 * INTERRUPTED
 */
export async function runHarvest(options: HarvestOptions, io: CommandIo): Promise<HarvestResult> {
  const cacheDir = defaultCacheDir(io.env);
  const python = options.against === null ? null : await pythonWith(IMG2DATASET, io);
  const scratch = path.join(cacheDir, 'bench-runs');
  await mkdir(scratch, { recursive: true });
  const web = await startBenchWebProcess({ folder: path.join(cacheDir, BENCH_IMAGES), images: options.images }, io);
  try {
    const competitors = [
      ourHarvest(web, options, io),
      ...(python === null ? [] : [img2datasetHarvest(web, { ...options, python }, io)]),
    ];
    const rounds = await inTurn(competitors, { rounds: options.rounds, label: 'harvest', io }, async (competitor) => {
      const folder = await mkdtemp(path.join(scratch, `${competitor.name}-`));
      try {
        const result = await completeRound(competitor, { folder, web, images: options.images });
        const { imagesPerCpuSecond } = roundFigures(result);
        return { result, say: `${competitor.name} ${imagesPerCpuSecond.toFixed(0)} images per CPU second` };
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
    const measured = competitors.map(({ name, version, settings }, index): HarvestFigures => {
      const own = rounds[index] ?? [];
      const profile = own.at(-1)?.profile;
      return { name, version, settings, ...medians(own.map(roundFigures)), rounds: own, ...(profile && { profile }) };
    });
    const [ours, theirs] = measured as [HarvestFigures, HarvestFigures?];
    return {
      ...options,
      ...machine(),
      meanPixels: Math.round(mean(web.images.map(([width, height]) => width * height))),
      meanBytes: Math.round(mean(web.images.map(([, , bytes]) => bytes))),
      competitors: measured,
      ...(theirs && {
        ratio: theirs.imagesPerCpuSecond / ours.imagesPerCpuSecond,
        wallRatio: theirs.imagesPerSecond / ours.imagesPerSecond,
      }),
    };
  } finally {
    await web.stop();
  }
}

/** A round counts only when every image was asked for once and is in the shards. */
async function completeRound(
  competitor: HarvestCompetitor,
  { folder, web, images }: { readonly folder: string; readonly web: BenchWebProcess; readonly images: number },
): Promise<HarvestRound> {
  const before = await web.requests();
  const result = await competitor.round(folder);
  const requests = (await web.requests()) - before;
  if (result.images !== images || requests !== images) {
    throw new WinnowError(
      'INTERNAL',
      `${competitor.name} asked for ${requests} images and wrote ${result.images}, of ${images}`,
      { next: 'The comparison would not be fair. Run the benchmark again with --debug.' },
    );
  }
  return result;
}
