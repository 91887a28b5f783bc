import type { CommandIo } from '@winnow/contracts';
import { knownLabels, selectRows } from '@winnow/noise';
import { SeededRandom } from '@winnow/random';
import { selectEvidence, selectImages } from '@winnow/training';
import type { KeptOutputs, Prediction, TrainingData } from '@winnow/training';
import { predictPool, readPool } from '../noise/kept-predictions';
import { toPoolSplit } from '../noise/split-pool';
import { selectCorrections, selectSplitRows } from '../noise/split-rows';
import type { StudentJob } from './student-job';

/** Every tenth image, but no more: enough to measure agreement on. */
const HELD_OUT_FRACTION = 0.1;
const HELD_OUT_LIMIT = 2000;

/** A fixed random part of a pool to measure on, and the rest to train on; both sorted. */
export function holdOut(count: number): { readonly heldOut: readonly number[]; readonly kept: readonly number[] } {
  const order = [...new SeededRandom('hold-out').permutation(count)];
  const size = Math.min(HELD_OUT_LIMIT, Math.floor(count * HELD_OUT_FRACTION));
  const ascending = (a: number, b: number): number => a - b;
  return { heldOut: order.slice(0, size).sort(ascending), kept: order.slice(size).sort(ascending) };
}

/** What is held out of a job's pool: without test images, to measure agreement with the teacher on. Null where nothing is. */
export function heldOutOf({
  pool,
  teacher,
  test,
}: Pick<StudentJob, 'pool' | 'teacher' | 'test'>): ReturnType<typeof holdOut> | null {
  return test === null && teacher !== null ? holdOut(pool.images.count) : null;
}

/** What the method may see. */
export function trainingPart(
  { pool, split, corrections: { applied } }: Pick<StudentJob, 'pool' | 'split' | 'corrections'>,
  kept: readonly number[] | null,
): TrainingData {
  const images = kept === null ? pool.images : selectImages(pool.images, kept);
  const decided = kept === null ? applied : selectCorrections(applied, kept);
  const found = split === null || kept === null ? split?.split : selectSplitRows(split.split, kept);
  const { otherLabels, ranks, engineCounts } = pool;
  const evidence = { otherLabels, ranks, engineCounts };
  return {
    images,
    evidence: kept === null ? evidence : selectEvidence(evidence, kept),
    split: found ? toPoolSplit(found) : null,
    ...(decided.length > 0 && {
      known: knownLabels(decided, { count: images.count, classCount: images.classes.length }),
    }),
  };
}

type Taught = Pick<StudentJob, 'project' | 'build' | 'pool' | 'teacher' | 'engine'>;

/**
 * What the teacher said of the images that the method may see, by the split, an earlier run or another one of a comparison;
 * else it is asked, and that is kept. Null from a run without a teacher.
 * @param progress of a first asking
 * @returns `seconds` that reading or asking took so far: whether it was asked before should not show in the time of a run
 */
export function keptOutputsOf(
  { project, build, pool, teacher, engine }: Taught,
  kept: readonly number[] | null,
  progress: CommandIo['progress'],
): { readonly keptOutputs: KeptOutputs; readonly seconds: () => number } {
  const asking = { config: project.config, io: { ...project.io, progress } };
  let seconds = 0;
  const keptOutputs: KeptOutputs = async (asked) => {
    if (teacher === null) return null;
    const start = performance.now();
    const outputs = await predictPool(asking, build, { pool, teacher, engine }, asked);
    seconds += (performance.now() - start) / 1000;
    return selectOutputs(outputs, kept);
  };
  return { keptOutputs, seconds: () => seconds };
}

/** What is kept of that without asking: of some rows of the pool, without features, by whether of mirror images, too. */
export async function knownOutputsOf(
  { project, build, pool, teacher, engine }: Taught,
  rows: readonly number[],
): Promise<KeptOutputs> {
  const read = async (flipped: boolean): Promise<Prediction | null> => {
    const asked = { flipped, features: false };
    const outputs = teacher && (await readPool(project, build, { pool, teacher, engine }, asked));
    return outputs && selectOutputs(outputs, rows);
  };
  const known = new Map([
    [false, await read(false)],
    [true, await read(true)],
  ]);
  return ({ flipped, features }) => Promise.resolve(features ? null : (known.get(flipped) ?? null));
}

function selectOutputs(outputs: Prediction, kept: readonly number[] | null): Prediction {
  if (kept === null) return outputs;
  const rows = Int32Array.from(kept);
  const { classCount, featureDim, logits, features, outside } = outputs;
  return {
    count: rows.length,
    ...{ classCount, featureDim },
    logits: selectRows(logits, rows, classCount),
    features: selectRows(features, rows, featureDim),
    outside: outside ? selectRows(outside, rows, 1) : null,
  };
}
