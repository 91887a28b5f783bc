import { requireUninterrupted, withProgress } from '@winnow/contracts';
import type { CommandIo, SplitName } from '@winnow/contracts';
import { FLIPPED_SPLITS } from '@winnow/noise';
import type { EngineChoice } from '@winnow/tensor';
import { startTensorEngine } from '../start-tensor-engine';
import { askPool, repeatedSplit } from './measure-split';
import { openPool } from './open-world';
import { reviewSplit } from './review-split';
import type { ReviewQuality } from './review-split';
import type { Review, SimulatedOrder } from './simulate-review';
import { loadWorldTruth } from './world-images';

export interface ReviewRequest {
  /** Folder of a world.json. */
  readonly source: string;
  readonly split: SplitName;
  readonly orders: readonly SimulatedOrder[];
  readonly looks: readonly number[];
  readonly errorRates: readonly number[];
  readonly seed: number;
}

/** What one simulated person's looks were worth. */
export interface ReviewRow extends ReviewQuality {
  /** Images that were decided: fewer than looks where sheets have exceptions. */
  readonly decided: number;
  /** Of the fit with decisions. */
  readonly seconds: number;
  /** Of the student that learnt after it, 0..1. */
  readonly accuracy?: number;
}

export interface ReviewMeasures {
  readonly world: string;
  /** Images of the pool. */
  readonly count: number;
  readonly split: SplitName;
  /** Of the split without decisions. */
  readonly macroF1: number;
  readonly rows: readonly ReviewRow[];
  /** Of the student without decisions, 0..1. */
  readonly accuracy?: number;
}

/** The accuracy of a student that learns after a review, or without one. */
export type TrainAfter = (review: Review | undefined) => Promise<number>;

/**
 * Lets simulated people review a world's pool, each order, number of looks and share of errors by itself, and says what
 * their decisions were worth to the split, and to a student where one is to be trained after each.
 * @throws WinnowError as openPool; INTERRUPTED
 */
export async function measureReview(
  { source, split, orders, looks, errorRates, seed }: ReviewRequest,
  choice: EngineChoice,
  io: CommandIo,
  trainAfter?: TrainAfter,
): Promise<ReviewMeasures> {
  await startTensorEngine(choice, io);
  const { world, folder, pool, teacher } = await openPool(source, io);
  const { fit, truth } = await (async () => {
    try {
      // Before the teacher is asked: a table that does not say it ends the bench at once.
      const shown = await loadWorldTruth(folder, world, pool.paths);
      const outputs = await askPool({ pool, teacher }, { flipped: FLIPPED_SPLITS.has(split), features: true }, io);
      return { fit: repeatedSplit(pool.images, { method: split, outputs }), truth: shown };
    } finally {
      teacher.dispose();
    }
  })();
  const before = fit.split();
  const location = { ...fit.location(before), truth };
  const reviews = orders.flatMap((by) =>
    errorRates.flatMap((errorRate) => looks.map((count): Review => ({ by, count, errorRate, seed }))),
  );
  const rows: ReviewRow[] = [];
  const shown = { label: 'reviews', total: reviews.length, unit: 'reviews' };
  await withProgress(io.progress, shown, async (task) => {
    for (const review of reviews) {
      requireUninterrupted(io.signal, 'The benchmark was stopped', { next: 'Run it again.' });
      const { quality, known } = reviewSplit(location, review);
      const decided = known.filter((label) => label >= 0).length;
      const accuracy = await trainAfter?.(review);
      rows.push({ ...quality, decided, seconds: fit.seconds(), ...(accuracy !== undefined && { accuracy }) });
      task.update(rows.length, `${review.count} by ${review.by}`);
    }
  });
  const accuracy = await trainAfter?.(undefined);
  return {
    ...{ world: world.name, count: pool.images.count, split },
    macroF1: rows[0]?.macroF1.before ?? 0,
    rows,
    ...(accuracy !== undefined && { accuracy }),
  };
}
