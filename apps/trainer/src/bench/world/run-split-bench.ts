import type { CommandIo, SplitName, SplitQuality } from '@winnow/contracts';
import { MIRRORED_SPLITS, SPLITS, splitQuality, type SplitResult } from '@winnow/noise';
import type { EngineChoice } from '@winnow/tensor';
import { predict } from '@winnow/training';
import { SPLIT_SEED, splitInput } from '../../split/split-pool';
import { startTensorEngine } from '../../start-tensor-engine';
import { type OpenPool, openPool } from './open-world';
import { loadWorldTruth } from './world-truth';

export interface SplitBenchResult extends SplitQuality {
  readonly world: string;
  /** Pictures of the pool. */
  readonly count: number;
  /** Of the split alone, without the teacher's answers. */
  readonly seconds: number;
}

/** Splits a world's pool, several ways in turn, and measures each against the truth. @throws WinnowError as openPool */
export async function runSplitBench(
  { source, splits }: { readonly source: string; readonly splits: readonly SplitName[] },
  choice: EngineChoice,
  io: CommandIo,
): Promise<readonly SplitBenchResult[]> {
  await startTensorEngine(choice, io);
  const { world, folder, pool, teacher } = await openPool(source, io);
  try {
    const truth = await loadWorldTruth(folder, world, pool.paths);
    const results: SplitBenchResult[] = [];
    for (const method of splits) {
      const { split, seconds } = await splitOpened({ pool, teacher }, method, io);
      const quality = splitQuality(split, { method, givenLabels: pool.images.labels, trueLabels: truth });
      results.push({ world: world.name, count: pool.images.count, ...quality, seconds });
    }
    return results;
  } finally {
    teacher.dispose();
  }
}

/** Splits a pool in memory. `seconds` are those of the split alone, without the teacher's answers. */
export async function splitOpened(
  { pool, teacher }: Pick<OpenPool, 'pool' | 'teacher'>,
  method: SplitName,
  { progress, signal }: Pick<CommandIo, 'progress' | 'signal'>,
): Promise<{ readonly split: SplitResult; readonly seconds: number }> {
  const mirrored = MIRRORED_SPLITS.has(method);
  const answers = await predict(teacher.frozen, pool.images, { mirrored, progress, signal });
  const start = performance.now();
  const split = SPLITS[method]({ ...splitInput(answers, pool.images), seed: SPLIT_SEED });
  return { split, seconds: (performance.now() - start) / 1000 };
}
