import { NOISE_KINDS } from '@winnow/contracts';
import type { CommandIo, SplitName } from '@winnow/contracts';
import { FLIPPED_SPLITS, trueKind } from '@winnow/noise';
import type { SplitFeatures } from '@winnow/noise';
import type { EngineChoice } from '@winnow/tensor';
import { requireFeatures } from '@winnow/training';
import { startTensorEngine } from '../start-tensor-engine';
import { askPool, repeatedSplit } from './measure-split';
import { openPool } from './open-world';
import { loadWorldTruth } from './world-images';

/** A world's pool as splits call it, and what it is: index into NOISE_KINDS, [count]. */
export interface KnownKinds {
  readonly world: string;
  readonly truth: Uint8Array;
  /** By split, in the order of the request. */
  readonly kinds: readonly Uint8Array[];
}

/**
 * Splits a world's pool, for a benchmark of what is made of splits.
 * @param source folder of a world.json
 * @throws WinnowError as openPool
 */
export async function splitKnownPool(
  source: string,
  splits: readonly SplitName[],
  choice: EngineChoice,
  io: CommandIo,
): Promise<KnownKinds> {
  await startTensorEngine(choice, io);
  const { world, folder, pool, teacher } = await openPool(source, io);
  try {
    const labels = await loadWorldTruth(folder, world, pool.paths);
    const given = pool.images.labels;
    const truth = Uint8Array.from(labels, (label, row) => NOISE_KINDS.indexOf(trueKind(given[row] as number, label)));
    const kinds: Uint8Array[] = [];
    for (const method of splits) {
      const outputs = await askPool({ pool, teacher }, { flipped: FLIPPED_SPLITS.has(method), features: true }, io);
      kinds.push(repeatedSplit(pool.images, { method, outputs }).split().kinds);
    }
    return { world: world.name, truth, kinds };
  } finally {
    teacher.dispose();
  }
}

/** What a world's teacher sees in its pool, and what the images truly show: NO_CLASS for none of the classes, [count]. */
export interface KnownFeatures {
  readonly world: string;
  readonly features: SplitFeatures;
  readonly truth: Int32Array;
}

/** @param source folder of a world.json @throws WinnowError as openPool; TEACHER_MISMATCH for a teacher without features */
export async function knownFeatures(source: string, choice: EngineChoice, io: CommandIo): Promise<KnownFeatures> {
  await startTensorEngine(choice, io);
  const { world, folder, pool, teacher } = await openPool(source, io);
  try {
    requireFeatures(teacher.frozen);
    const truth = await loadWorldTruth(folder, world, pool.paths);
    const { features, featureDim } = await askPool({ pool, teacher }, { flipped: false, features: true }, io);
    return { world: world.name, features: { values: features, dim: featureDim }, truth };
  } finally {
    teacher.dispose();
  }
}
