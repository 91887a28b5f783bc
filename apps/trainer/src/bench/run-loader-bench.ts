import { withProgress } from '@winnow/contracts';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { CommandIo } from '@winnow/contracts';
import { defaultCacheDir } from '@winnow/tensor';
import { letEventsIn, median } from './compare-contenders';
import { benchLoader, type LoaderBench } from './loader';
import type { PythonWithPackages } from './python-environment';
import { pytorchPython } from './pytorch-environment';

export interface LoaderBenchResult extends Omit<LoaderBench, 'from'> {
  readonly rounds: number;
  /** Medians over the rounds. */
  readonly imagesPerSecond: { readonly ours: number; readonly pytorch?: number };
  /** Our time for a picture by PyTorch's: below 1 we are faster. */
  readonly ratio?: number;
  readonly spread: { readonly ours: readonly [number, number]; readonly pytorch?: readonly [number, number] };
  readonly peakBytes: { readonly ours: number; readonly pytorch?: number };
}

interface Round {
  readonly imagesPerSecond: number;
  readonly peakRssBytes: number;
}

/** Times our loader, and PyTorch's in turn with it. */
export async function runLoaderBench(
  bench: LoaderBench,
  { rounds, against }: { readonly rounds: number; readonly against: 'pytorch' | null },
  io: CommandIo,
): Promise<LoaderBenchResult> {
  const python = against === 'pytorch' ? await pytorchPython(defaultCacheDir(io.env), io) : null;
  const ours: Round[] = [];
  const theirs: Round[] = [];
  const shown = { label: 'loader', total: rounds, unit: 'rounds' };
  await withProgress(io.progress, shown, async (task) => {
    for (let round = 0; round < rounds; round += 1) {
      await letEventsIn(io.signal);
      ours.push(await benchLoader(bench));
      if (python !== null) theirs.push(await pytorchRound(python, bench, io.signal));
      task.update(round + 1);
    }
  });
  const mine = summarise(ours);
  const other = theirs.length > 0 ? summarise(theirs) : null;
  return {
    ...bench,
    rounds,
    imagesPerSecond: { ours: mine.imagesPerSecond, ...(other && { pytorch: other.imagesPerSecond }) },
    ...(other && { ratio: other.imagesPerSecond / mine.imagesPerSecond }),
    spread: { ours: mine.spread, ...(other && { pytorch: other.spread }) },
    peakBytes: { ours: mine.peakBytes, ...(other && { pytorch: other.peakBytes }) },
  };
}

async function pytorchRound(python: PythonWithPackages, bench: LoaderBench, signal: AbortSignal): Promise<Round> {
  const { pictures, size, batch, batches, workers } = bench;
  const numbers = ['--size', size, '--batch', batch, '--batches', batches, '--workers', workers].map(String);
  const { command, args, cwd } = await python('loader.py', ['--pictures', pictures, ...numbers]);
  const { stdout } = await promisify(execFile)(command, args, { cwd, signal }).catch(async (error: unknown) => {
    await letEventsIn(signal);
    throw error;
  });
  return JSON.parse(stdout) as Round;
}

function summarise(rounds: readonly Round[]) {
  const speeds = rounds.map(({ imagesPerSecond }) => imagesPerSecond);
  return {
    imagesPerSecond: median(speeds),
    spread: [Math.min(...speeds), Math.max(...speeds)] as const,
    peakBytes: Math.max(...rounds.map(({ peakRssBytes }) => peakRssBytes)),
  };
}
