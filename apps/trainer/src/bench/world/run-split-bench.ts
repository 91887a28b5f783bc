import type { CommandIo, SplitName, SplitQuality } from '@winnow/contracts';
import { MIRRORED_SPLITS, SPLITS, splitQuality, type SplitResult } from '@winnow/noise';
import type { EngineChoice } from '@winnow/tensor';
import { type Prediction, predict } from '@winnow/training';
import { SPLIT_SEED, splitInput } from '../../split/split-pool';
import { startTensorEngine } from '../../start-tensor-engine';
import { type OpenPool, openPool } from './open-world';
import { loadWorldTruth } from './world-truth';

export interface SplitBench {
  /** Folder of a world.json. */
  readonly source: string;
  readonly splits: readonly SplitName[];
  readonly logitsOnly?: boolean;
}

export interface SplitBenchResult extends SplitQuality {
  readonly world: string;
  /** Pictures of the pool. */
  readonly count: number;
  /** The teacher's features were not read. */
  readonly logitsOnly?: true;
  /** Of the split alone, without the teacher's answers. */
  readonly seconds: number;
}

/**
 * Splits a world's pool, several ways in turn, and measures each against the truth.
 * @param bench logitsOnly: as of a teacher that has no features
 * @throws WinnowError as openPool
 */
export async function runSplitBench(
  { source, splits, logitsOnly = false }: SplitBench,
  choice: EngineChoice,
  io: CommandIo,
): Promise<readonly SplitBenchResult[]> {
  await startTensorEngine(choice, io);
  const { world, folder, pool, teacher } = await openPool(source, io);
  try {
    const truth = await loadWorldTruth(folder, world, pool.paths);
    const results: SplitBenchResult[] = [];
    const asked = new Map<boolean, Prediction>();
    for (const method of splits) {
      const mirrored = MIRRORED_SPLITS.has(method);
      const options = { mirrored, features: !logitsOnly };
      const answers = asked.get(mirrored) ?? (await askPool({ pool, teacher }, options, io));
      asked.set(mirrored, answers);
      const { split, seconds } = splitAnswered(pool, method, answers);
      const quality = splitQuality(split, { method, givenLabels: pool.images.labels, trueLabels: truth });
      const about = { world: world.name, count: pool.images.count, ...(logitsOnly && { logitsOnly }) };
      results.push({ ...about, ...quality, seconds });
    }
    return results;
  } finally {
    teacher.dispose();
  }
}

/** Asks the teacher about a pool in memory, and splits it. `seconds` are those of the split alone. */
export async function splitOpened(
  opened: Pick<OpenPool, 'pool' | 'teacher'>,
  method: SplitName,
  io: Pick<CommandIo, 'progress' | 'signal'>,
): Promise<TimedSplit> {
  const options = { mirrored: MIRRORED_SPLITS.has(method), features: true };
  return splitAnswered(opened.pool, method, await askPool(opened, options, io));
}

interface TimedSplit {
  readonly split: SplitResult;
  readonly seconds: number;
}

function askPool(
  { pool, teacher }: Pick<OpenPool, 'pool' | 'teacher'>,
  options: { readonly mirrored: boolean; readonly features: boolean },
  { progress, signal }: Pick<CommandIo, 'progress' | 'signal'>,
): Promise<Prediction> {
  return predict(teacher.frozen, pool.images, { ...options, progress, signal });
}

function splitAnswered({ images }: OpenPool['pool'], method: SplitName, answers: Prediction): TimedSplit {
  const start = performance.now();
  const split = SPLITS[method]({ ...splitInput(answers, images), seed: SPLIT_SEED });
  return { split, seconds: (performance.now() - start) / 1000 };
}
