import type { CommandIo, ImageSet, SplitName, SplitQuality } from '@winnow/contracts';
import { FLIPPED_SPLITS, sameLabelNeighbours, SPLITS, splitQuality, type SplitResult } from '@winnow/noise';
import type { EngineChoice } from '@winnow/tensor';
import { type Prediction, predict } from '@winnow/training';
import { SPLIT_SEED, splitInput } from '../noise/split-pool';
import { startTensorEngine } from '../start-tensor-engine';
import { type OpenPool, openPool } from './open-world';
import { type ReviewQuality, reviewSplit, type SplitLocation } from './review-split';
import type { Review } from './simulate-review';
import { loadWorldTruth } from './world-images';

/** Images of the same label that `worth` asks about. */
const NEIGHBOURS = 10;
/** Whose opinion `disagree` compares with: it reads features, as no part of `winnow` does alone. */
const OTHER_SPLIT = 'knn';

export interface SplitRequest {
  /** Folder of a world.json. */
  readonly source: string;
  readonly splits: readonly SplitName[];
  readonly logitsOnly?: boolean;
  readonly review?: Review | undefined;
}

export interface SplitMeasures extends SplitQuality {
  readonly world: string;
  /** Images of the pool. */
  readonly count: number;
  /** The teacher's features were not read. */
  readonly logitsOnly?: true;
  /** Of the split alone, without the teacher's answers. */
  readonly seconds: number;
  /** What a simulated person's decisions were worth; the other figures are of the split with them. */
  readonly review?: ReviewQuality;
}

/**
 * Splits a world's pool, several ways in turn, and measures each against the truth.
 * @param bench logitsOnly: as of a teacher that has no features
 * @throws WinnowError as openPool
 */
export async function measureSplit(
  { source, splits, logitsOnly = false, review }: SplitRequest,
  choice: EngineChoice,
  io: CommandIo,
): Promise<readonly SplitMeasures[]> {
  await startTensorEngine(choice, io);
  const { world, folder, pool, teacher } = await openPool(source, io);
  try {
    const truth = await loadWorldTruth(folder, world, pool.paths);
    const results: SplitMeasures[] = [];
    const asked = new Map<boolean, Prediction>();
    for (const method of splits) {
      const flipped = FLIPPED_SPLITS.has(method);
      const options = { flipped, features: !logitsOnly };
      const outputs = asked.get(flipped) ?? (await askPool({ pool, teacher }, options, io));
      asked.set(flipped, outputs);
      const { split, seconds, review: worth } = splitOfOutputs(pool, { method, outputs, truth, review });
      const quality = splitQuality(split, { method, givenLabels: pool.images.labels, trueLabels: truth });
      const about = { world: world.name, count: pool.images.count, ...(logitsOnly && { logitsOnly }) };
      results.push({ ...about, ...quality, seconds, ...(worth && { review: worth }) });
    }
    return results;
  } finally {
    teacher.dispose();
  }
}

/**
 * Asks the teacher about a pool in memory, and splits it, with what a simulated person decides where that is asked for.
 * `seconds` are those of the split alone.
 */
export async function splitOpened(
  opened: Pick<OpenPool, 'pool' | 'teacher'>,
  asked: Pick<AskedSplit, 'method'> | Omit<AskedSplit, 'answers'>,
  io: Pick<CommandIo, 'progress' | 'signal'>,
): Promise<TimedSplit> {
  const options = { flipped: FLIPPED_SPLITS.has(asked.method), features: true };
  const outputs = await askPool(opened, options, io);
  return splitOfOutputs(opened.pool, { ...asked, outputs });
}

interface AskedSplit {
  readonly method: SplitName;
  readonly outputs: Prediction;
  /** True labels, for the person of a review only, [count]. */
  readonly truth?: Int32Array;
  readonly review?: Review | undefined;
  /** Rows that the person does not see. */
  readonly heldOut?: readonly number[] | undefined;
}

interface TimedSplit {
  readonly split: SplitResult;
  /** Of the last fit alone. */
  readonly seconds: number;
  /** Of a review: what was decided (SplitInput.known). */
  readonly known?: Int32Array;
  readonly review?: ReviewQuality;
}

export function askPool(
  { pool, teacher }: Pick<OpenPool, 'pool' | 'teacher'>,
  options: { readonly flipped: boolean; readonly features: boolean },
  { progress, signal }: Pick<CommandIo, 'progress' | 'signal'>,
): Promise<Prediction> {
  return predict(teacher.frozen, pool.images, { ...options, progress, signal });
}

function splitOfOutputs(
  { images }: OpenPool['pool'],
  { method, outputs, truth, review, heldOut }: AskedSplit,
): TimedSplit {
  const fit = repeatedSplit(images, { method, outputs });
  const before = fit.split();
  if (review === undefined || truth === undefined) return { split: before, seconds: fit.seconds() };
  const reviewed = reviewSplit({ ...fit.location(before), truth, heldOut }, review);
  return { split: reviewed.split, known: reviewed.known, review: reviewed.quality, seconds: fit.seconds() };
}

interface RepeatedSplit {
  readonly split: (known?: Int32Array) => SplitResult;
  /** Of the last one. */
  readonly seconds: () => number;
  /** What a review reads of it. */
  readonly location: (before: SplitResult) => Omit<SplitLocation, 'truth' | 'heldOut'>;
}

/** Splits images by one answer of the teacher, any number of times. */
export function repeatedSplit(
  images: ImageSet,
  { method, outputs }: Pick<AskedSplit, 'method' | 'outputs'>,
): RepeatedSplit {
  const { labels, classes } = images;
  const input = { ...splitInput(outputs, images), seed: SPLIT_SEED };
  let seconds = 0;
  const split = (known?: Int32Array): SplitResult => {
    const start = performance.now();
    const result = SPLITS[method]({ ...input, known });
    seconds = (performance.now() - start) / 1000;
    return result;
  };
  const neighbours = once(() => sameLabelNeighbours(input, NEIGHBOURS));
  const other = once(() => SPLITS[method === OTHER_SPLIT ? 'winnow' : OTHER_SPLIT](input).probabilities);
  return {
    split,
    seconds: () => seconds,
    location: (before) => ({ method, labels, classCount: classes.length, before, refit: split, neighbours, other }),
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}
