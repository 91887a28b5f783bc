import type { ModelName } from '@winnow/models';

export const STEP_KINDS = ['train-step', 'distill-step', 'inference'] as const;
/** What a step does: learns by cross-entropy; learns a frozen teacher's softened outputs; answers. */
export type StepKind = (typeof STEP_KINDS)[number];

export interface StepBench {
  readonly kind: StepKind;
  readonly model: ModelName;
  /** For distill-step. */
  readonly teacher: ModelName;
  readonly batch: number;
  /** Side of the pictures, pixels. */
  readonly size: number;
  readonly classes: number;
  /** Steps of a round that count, after one that does not. */
  readonly steps: number;
}

/** Warm-up steps before the first round. */
export const WARM_UP_STEPS = 2;
