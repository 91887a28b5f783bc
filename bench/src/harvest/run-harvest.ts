import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { WinnowError } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import { defaultCacheDir } from '@winnow/tensor';
import { BENCH_IMAGES, startBenchWebProcess } from '../web/bench-web-process';
import type { BenchWebProcess } from '../web/bench-web-process';
import type { HarvestCompetitor, HarvestSettings } from './harvest-competitor';
import { competitorFigures, roundFigures } from './harvest-figures';
import type { CompetitorFigures, RoundFigures } from './harvest-figures';
import { img2datasetHarvest } from './img2dataset-harvest';
import { ourHarvest } from './our-harvest';
import { machine, mean } from '../harness/figures';
import { inTurn } from '../harness/in-turn';
import { pythonWith } from '../harness/python-environment';
import { IMG2DATASET } from '../harness/python-environments';

export interface HarvestOptions extends HarvestSettings {
  readonly images: number;
  readonly rounds: number;
  readonly against: 'img2dataset' | null;
}

export interface HarvestResult extends HarvestOptions {
  readonly processor: string;
  readonly threads: number;
  /** Of the pictures that are served. */
  readonly meanPixels: number;
  readonly meanBytes: number;
  /** Ours first. */
  readonly competitors: readonly CompetitorFigures[];
}

/**
 * From a list of picture URLs to shards: ours, and in turn with it img2dataset on the same list, from a web on
 * loopback whose work is not counted. Each round starts with an empty folder; who goes first alternates.
 * @throws WinnowError INTERNAL where a program fails or not all pictures reach the shards, ENGINE_UNAVAILABLE,
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
        return { result, say: `${competitor.name} ${result.imagesPerCpuSecond.toFixed(0)} images per CPU second` };
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
    return {
      ...options,
      ...machine(),
      meanPixels: Math.round(mean(web.pictures.map(([width, height]) => width * height))),
      meanBytes: Math.round(mean(web.pictures.map(([, , bytes]) => bytes))),
      competitors: competitors.map((competitor, index) => competitorFigures(competitor, rounds[index] ?? [])),
    };
  } finally {
    await web.stop();
  }
}

/** A round counts only when every picture was asked for once and is in the shards. */
async function completeRound(
  competitor: HarvestCompetitor,
  { folder, web, images }: { readonly folder: string; readonly web: BenchWebProcess; readonly images: number },
): Promise<RoundFigures> {
  const before = await web.requests();
  const result = await competitor.round(folder);
  const requests = (await web.requests()) - before;
  if (result.pictures !== images || requests !== images) {
    throw new WinnowError(
      'INTERNAL',
      `${competitor.name} asked for ${requests} pictures and wrote ${result.pictures}, of ${images}`,
      { next: 'The comparison would not be fair. Run the benchmark again with --debug.' },
    );
  }
  return roundFigures(result);
}
