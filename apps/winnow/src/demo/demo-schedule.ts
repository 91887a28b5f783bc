import type { MethodName } from '@winnow/contracts';

/** A training run of the demo. */
export interface DemoRun {
  readonly method: MethodName;
  readonly epochs: number;
  readonly batch: number;
  readonly seed: number;
}

/** In the order of the tables; the demo's budget of minutes allows these, and of `modul` a short run. */
const METHODS = ['ce', 'kd', 'modul', 'winnow'] as const;

/** Epochs of each method: enough on the fast engine, a shorter demo on the portable one. */
const EPOCHS = {
  tensorflow: { ce: 12, kd: 12, modul: 3, winnow: 12 },
  wasm: { ce: 6, kd: 6, modul: 1, winnow: 6 },
} as const;

/**
 * What the demo trains, in order: every method for the first seed, then the next seed.
 * @param epochsOfAll instead of each method's own number
 */
export function demoSchedule(engine: string, seeds: number, epochsOfAll?: number): readonly DemoRun[] {
  const own = engine === 'tensorflow' ? EPOCHS.tensorflow : EPOCHS.wasm;
  return Array.from({ length: seeds }, (_, index) => index + 1).flatMap((seed) =>
    METHODS.map((method) => ({
      method,
      seed,
      epochs: epochsOfAll ?? own[method],
      batch: method === 'modul' ? 32 : 64,
    })),
  );
}
