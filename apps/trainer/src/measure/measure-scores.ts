import type { CommandIo } from '@winnow/contracts';
import { areaUnderRoc, falsePositiveRateAtRecall, NO_CLASS, OPEN_SCORES, type OpenScoreName } from '@winnow/noise';
import type { EngineChoice } from '@winnow/tensor';
import { predict } from '@winnow/training';
import { splitInput } from '../noise/split-pool';
import { startTensorEngine } from '../start-tensor-engine';
import { openPool } from './open-world';
import { loadWorldTruth } from './world-images';

export interface ScoreMeasures {
  readonly world: string;
  /** Images of the pool. */
  readonly count: number;
  readonly score: OpenScoreName;
  /** Open images against all others, 0..1; null where the pool has one of the two only. */
  readonly aurocOpen: number | null;
  /** Share of images of known classes that are called open where 95 % of the open ones are. */
  readonly fpr95Open: number | null;
  /** Without the teacher's answers. */
  readonly seconds: number;
}

const SCORE_SEED = 1;
const RECALL = 0.95;

/**
 * Measures how well each open-set score tells the open images of a world's pool from the others, from one answer of the
 * teacher to each image. Scores that need features are left out where the teacher has none.
 * @throws WinnowError as openPool
 */
export async function measureScores(
  source: string,
  choice: EngineChoice,
  io: CommandIo,
): Promise<readonly ScoreMeasures[]> {
  await startTensorEngine(choice, io);
  const { world, folder, pool, teacher } = await openPool(source, io);
  try {
    const truth = await loadWorldTruth(folder, world, pool.paths);
    const isOpen = Array.from(truth, (label) => label === NO_CLASS);
    const { progress, signal } = io;
    const input = splitInput(await predict(teacher.frozen, pool.images, { progress, signal }), pool.images);
    return Object.entries(OPEN_SCORES)
      .filter(([, { needsFeatures }]) => !needsFeatures || input.features !== null)
      .map(([name, { fit }]) => {
        const start = performance.now();
        const score = fit({ ...input, seed: SCORE_SEED });
        const values = Float64Array.from(isOpen, (_, row) => score(row));
        return {
          world: world.name,
          count: pool.images.count,
          score: name as OpenScoreName,
          aurocOpen: areaUnderRoc(values, isOpen),
          fpr95Open: falsePositiveRateAtRecall(values, isOpen, RECALL),
          seconds: (performance.now() - start) / 1000,
        };
      });
  } finally {
    teacher.dispose();
  }
}
