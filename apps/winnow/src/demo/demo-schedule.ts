import type { MethodName } from '@winnow/contracts';

/** A training run of the demo. */
export interface DemoRun {
  readonly method: MethodName;
  readonly epochs: number;
  readonly batch: number;
  readonly seed: number;
}

/** In the order of the tables; `modul` needs far more epochs than a demo of minutes has. */
const METHODS = ['ce', 'kd', 'winnow'] as const;
const BATCH = 64;
/** Enough on the fast engine, a shorter demo on the portable one. */
const EPOCHS = { tensorflow: 12, wasm: 6 } as const;

/** Where the figures of the method that the demo leaves out are. */
export const MODUL_NOTE =
  '`modul`, the method of the paper, needs hundreds of epochs: docs/results.md has its figures on web7.';

/**
 * What the demo trains, in order: every method for the first seed, then the next seed.
 * @param epochs instead of the number that fits the engine
 */
export function demoSchedule(
  engine: string,
  seeds: number,
  epochs: number = engine === 'tensorflow' ? EPOCHS.tensorflow : EPOCHS.wasm,
): readonly DemoRun[] {
  return Array.from({ length: seeds }, (_, index) => index + 1).flatMap((seed) =>
    METHODS.map((method) => ({ method, seed, epochs, batch: BATCH })),
  );
}
