import type { EpochMetrics } from '@winnow/contracts';
import type { StepResult } from './training-state';

/** Running sums of an epoch; part of a checkpoint, so that a resumed epoch reports what it would have. */
export interface EpochSums {
  readonly steps: number;
  readonly loss: number;
  readonly parts: Readonly<Record<string, number>>;
  readonly imagesSeen: number;
  readonly seconds: number;
}

export const EMPTY_SUMS: EpochSums = { steps: 0, loss: 0, parts: {}, imagesSeen: 0, seconds: 0 };

/** True for what JSON gives back of sums. */
export function isEpochSums(value: unknown): value is EpochSums {
  if (typeof value !== 'object' || value === null) return false;
  const { parts, ...numbers } = value as Record<string, unknown>;
  const names = Object.keys(EMPTY_SUMS).filter((name) => name !== 'parts');
  const areNumbers = names.every((name) => Number.isFinite(numbers[name]));
  return areNumbers && typeof parts === 'object' && parts !== null && Object.values(parts).every(Number.isFinite);
}

/** The sums with one step more. */
export function addStep(sums: EpochSums, step: StepResult, seconds: number): EpochSums {
  const parts = Object.entries(step.parts).map(([name, value]) => [name, (sums.parts[name] ?? 0) + value] as const);
  return {
    steps: sums.steps + 1,
    loss: sums.loss + step.loss,
    parts: { ...sums.parts, ...Object.fromEntries(parts) },
    imagesSeen: sums.imagesSeen + step.imagesSeen,
    seconds: sums.seconds + seconds,
  };
}

/** Means over the epoch's steps. @param learningRate of its last step */
export function epochMetrics(
  sums: EpochSums,
  { epoch, learningRate, accuracy }: { epoch: number; learningRate: number; accuracy: number | undefined },
): EpochMetrics {
  const means = Object.entries(sums.parts).map(([name, value]) => [name, value / sums.steps] as const);
  return {
    epoch,
    steps: sums.steps,
    learningRate,
    loss: sums.loss / sums.steps,
    parts: Object.fromEntries(means),
    ...(accuracy === undefined ? {} : { accuracy }),
    seconds: sums.seconds,
    imagesSeen: sums.imagesSeen,
  };
}
