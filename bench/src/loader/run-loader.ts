import path from 'node:path';
import type { CommandIo } from '@winnow/contracts';
import { median, spread } from '../harness/figures';
import { inTurn } from '../harness/in-turn';
import { pythonWith } from '../harness/python-environment';
import { PYTORCH } from '../harness/python-environments';
import { runJson } from '../harness/run-json';
import { type LoaderRound, type LoaderTask, ourLoader } from './our-loader';

/** One program's loader; medians over the rounds. */
interface LoaderFigures {
  readonly name: 'winnow' | 'pytorch';
  readonly imagesPerSecond: number;
  readonly spread: readonly [number, number];
  readonly peakBytes: number;
}

export interface LoaderResult extends LoaderTask {
  readonly rounds: number;
  /** Ours first. */
  readonly competitors: readonly LoaderFigures[];
  /** Our time for an image by PyTorch's: below 1 we are faster. */
  readonly ratio?: number;
}

/** Times our loader, and PyTorch's in turn with it. @throws WinnowError MISSING_INPUT, ENGINE_UNAVAILABLE, INTERRUPTED */
export async function runLoader(
  task: LoaderTask,
  { rounds, against }: { readonly rounds: number; readonly against: 'pytorch' | null },
  io: CommandIo,
): Promise<LoaderResult> {
  const python = against === 'pytorch' ? await pythonWith(PYTORCH, io) : null;
  const theirs = async (): Promise<LoaderRound> => {
    const { source, ...numbers } = task;
    const words = Object.entries(numbers).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const call = await python?.call([path.join(__dirname, 'loader.py'), '--images', source, ...words]);
    return runJson<LoaderRound>(call as NonNullable<typeof call>, io);
  };
  const names = python === null ? (['winnow'] as const) : (['winnow', 'pytorch'] as const);
  const measured = await inTurn<LoaderFigures['name'], LoaderRound>(
    names,
    { rounds, label: 'loader', io },
    async (name) => {
      const result = name === 'winnow' ? await ourLoader(task) : await theirs();
      return { result, say: `${name} ${result.imagesPerSecond.toFixed(0)} images a second` };
    },
  );
  const competitors = names.map((name, index) => {
    const own = measured[index] ?? [];
    const speeds = own.map(({ imagesPerSecond }) => imagesPerSecond);
    const peakBytes = Math.max(...own.map(({ peakRssBytes }) => peakRssBytes));
    return { name, imagesPerSecond: median(speeds), spread: spread(speeds), peakBytes };
  });
  const [ours, other] = competitors as [LoaderFigures, LoaderFigures?];
  return { ...task, rounds, competitors, ...(other && { ratio: other.imagesPerSecond / ours.imagesPerSecond }) };
}
