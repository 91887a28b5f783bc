import type { FineTuning, TrainOptions } from '@winnow/training';
import { countPool } from '../../student/plan-training';
import { type ResolvedTraining, type TrainingFacts, trainingPlan } from '../../student/training-plan';
import type { WorldBench } from './run-world-bench';

/** What a bench may set of the optimiser. */
export type OptimiserSettings = Pick<Partial<TrainOptions>, 'momentum' | 'nesterov' | keyof FineTuning> &
  Omit<Partial<ResolvedTraining>, 'epochs' | 'batch' | 'schedule'>;

interface BenchPool {
  readonly count: number;
  /** Noise kind of each image. */
  readonly kinds: Uint8Array;
  /** Rows to learn from; null for all. */
  readonly kept: readonly number[] | null;
}

/** A bench's settings, with those that it leaves out decided as a project's are. */
export function planBench(
  { method, settings, epochs, batch, schedule, train }: WorldBench,
  { count, kinds, kept }: BenchPool,
  student: Pick<TrainingFacts, 'model' | 'isPretrained' | 'hasRandomHead'>,
): ResolvedTraining {
  const asked = { method, accumulate: 1, settings: { [method]: settings }, epochs, batch, schedule, ...train };
  return trainingPlan(asked, { ...student, pool: countPool(count, kinds, kept) }).settings;
}

/** Of a bench's result, what was asked for and decided. */
export function describeBench(
  { method, oracle, settings, train: optimiser, seed }: WorldBench,
  plan: ResolvedTraining,
) {
  return {
    method,
    ...(oracle && { oracle: true as const }),
    ...(Object.keys(settings).length > 0 && { settings }),
    ...(Object.keys(optimiser).length > 0 && { train: optimiser }),
    seed,
    epochs: plan.epochs,
    batch: plan.batch,
    plan,
  };
}
