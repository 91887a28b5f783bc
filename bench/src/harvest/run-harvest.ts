import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import path from 'node:path';
import { WinnowError, withProgress } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import { defaultCacheDir } from '@winnow/tensor';
import { BENCH_IMAGES, startBenchWebProcess } from '../web/bench-web-process';
import type { BenchWebProcess } from '../web/bench-web-process';
import type { HarvestCompetitor, HarvestSettings } from './harvest-competitor';
import { competitorFigures, roundFigures } from './harvest-figures';
import type { CompetitorFigures, RoundFigures } from './harvest-figures';
import { IMG2DATASET } from './img2dataset-environment';
import { img2datasetHarvest } from './img2dataset-harvest';
import { ourHarvest } from './our-harvest';
import { pythonPrograms } from '../harness/python-environment';

export interface HarvestBenchOptions extends HarvestSettings {
  readonly images: number;
  readonly rounds: number;
  readonly against: 'img2dataset' | null;
}

export interface HarvestBenchResult extends HarvestBenchOptions {
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
export async function runHarvest(options: HarvestBenchOptions, io: CommandIo): Promise<HarvestBenchResult> {
  const cacheDir = defaultCacheDir(io.env);
  const programs = options.against === null ? undefined : await pythonPrograms(IMG2DATASET, cacheDir, io);
  const web = await startBenchWebProcess({ folder: path.join(cacheDir, BENCH_IMAGES), images: options.images }, io);
  try {
    const competitors = [
      ourHarvest(web, options, io),
      ...(programs === undefined ? [] : [img2datasetHarvest(web, { ...options, programs }, io)]),
    ];
    const rounds = await inTurn(competitors, { web, options, scratch: path.join(cacheDir, 'bench-runs'), io });
    return {
      ...options,
      processor: cpus()[0]?.model ?? 'unknown',
      threads: availableParallelism(),
      meanPixels: mean(web.pictures.map(([width, height]) => width * height)),
      meanBytes: mean(web.pictures.map(([, , bytes]) => bytes)),
      competitors: competitors.map((competitor) => competitorFigures(competitor, rounds.get(competitor.name) ?? [])),
    };
  } finally {
    await web.stop();
  }
}

interface Turns {
  readonly web: BenchWebProcess;
  readonly options: HarvestBenchOptions;
  readonly scratch: string;
  readonly io: CommandIo;
}

async function inTurn(
  competitors: readonly HarvestCompetitor[],
  { web, options, scratch, io }: Turns,
): Promise<ReadonlyMap<string, readonly RoundFigures[]>> {
  const figures = new Map<string, RoundFigures[]>(competitors.map(({ name }) => [name, []]));
  await mkdir(scratch, { recursive: true });
  const shown = { label: 'harvest', total: options.rounds * competitors.length, unit: 'rounds' };
  await withProgress(io.progress, shown, async (task) => {
    let done = 0;
    for (let round = 0; round < options.rounds; round += 1) {
      const order = round % 2 === 0 ? competitors : [...competitors].reverse();
      for (const competitor of order) {
        const folder = await mkdtemp(path.join(scratch, `${competitor.name}-`));
        try {
          const own = await completeRound(competitor, { folder, web, images: options.images });
          figures.get(competitor.name)?.push(own);
          task.update((done += 1), `${competitor.name} ${own.imagesPerCpuSecond.toFixed(0)} images per CPU second`);
        } finally {
          await rm(folder, { recursive: true, force: true });
        }
      }
    }
  });
  return figures;
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

function mean(values: readonly number[]): number {
  return Math.round(values.reduce((sum, value) => sum + value, 0) / values.length);
}
