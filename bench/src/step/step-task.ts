import type { ModelName } from '@winnow/models';

export const STEP_KINDS = ['train-step', 'distill-step', 'inference'] as const;
/** What a step does: learns by cross-entropy; learns a frozen teacher's softened outputs; answers. */
type StepKind = (typeof STEP_KINDS)[number];

export interface StepTask {
  readonly kind: StepKind;
  readonly model: ModelName;
  /** For distill-step. */
  readonly teacher: ModelName;
  readonly batch: number;
  /** Side of the images, pixels. */
  readonly size: number;
  readonly classes: number;
  /** Steps of a round that count, after one that does not. */
  readonly steps: number;
}

/** Warm-up steps before the first round. */
export const WARM_UP_STEPS = 2;

/** What a competitor did in its turn. */
export interface StepRound {
  /** Of each step. */
  readonly millis: readonly number[];
  /** Most memory that its process held so far; null where it shares a process with another. */
  readonly peakBytes: number | null;
}

/** One of the programs that are compared. */
export interface StepCompetitor {
  readonly name: string;
  /** Starts up and warms up, so that the first round meets nobody else's start. */
  prepare(): Promise<void>;
  round(): Promise<StepRound>;
  close(): void;
}
