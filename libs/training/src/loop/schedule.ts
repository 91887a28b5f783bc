/** How the learning rate falls, step by step. */
export type ScheduleName = 'cosine' | 'steps';

export interface Schedule {
  readonly name: ScheduleName;
  /** Length of a linear rise at the start, as a share of all steps, 0..1; default 0. */
  readonly warmUp?: number;
  /** `steps`: where the rate is multiplied by .1, as shares of all steps; default .32, .48, .64 (the paper's 80, 120, 160 of 250). */
  readonly drops?: readonly number[];
}

const PAPER_DROPS = [0.32, 0.48, 0.64];
const DROP_FACTOR = 0.1;

/**
 * Learning rate of one step. Cosine: from the base rate at the first step to zero just after the last one
 * (Loshchilov and Hutter, "SGDR", ICLR 2017, equation 5, without restarts).
 * @param step from 0 to totalSteps - 1
 */
export function learningRateAt(
  schedule: Schedule,
  { base, step, totalSteps }: { readonly base: number; readonly step: number; readonly totalSteps: number },
): number {
  const warmUpSteps = Math.round((schedule.warmUp ?? 0) * totalSteps);
  if (step < warmUpSteps) return (base * (step + 1)) / warmUpSteps;
  if (schedule.name === 'cosine') {
    const fraction = (step - warmUpSteps) / Math.max(1, totalSteps - warmUpSteps);
    return (base * (1 + Math.cos(Math.PI * fraction))) / 2;
  }
  const passed = (schedule.drops ?? PAPER_DROPS).filter((fraction) => step >= fraction * totalSteps).length;
  return base * DROP_FACTOR ** passed;
}
