/** A training run of the demo. */
export interface DemoRun {
  readonly method: 'ce' | 'kd' | 'modul';
  readonly epochs: number;
  readonly batch: number;
  readonly seed: number;
}

/** Epochs of each method: enough on the fast engine, a shorter demo on the portable one. */
const EPOCHS = {
  tensorflow: { ce: 12, kd: 12, modul: 3 },
  wasm: { ce: 6, kd: 6, modul: 1 },
} as const;

/**
 * What the demo trains, in order: every method for the first seed, then the next seed.
 * @param epochsOfAll instead of each method's own number
 */
export function demoSchedule(engine: string, seeds: number, epochsOfAll?: number): readonly DemoRun[] {
  const own = engine === 'tensorflow' ? EPOCHS.tensorflow : EPOCHS.wasm;
  const epochs = epochsOfAll === undefined ? own : { ce: epochsOfAll, kd: epochsOfAll, modul: epochsOfAll };
  return Array.from({ length: seeds }, (_, index) => index + 1).flatMap((seed) =>
    (['ce', 'kd', 'modul'] as const).map((method) => ({
      method,
      seed,
      epochs: epochs[method],
      batch: method === 'modul' ? 32 : 64,
    })),
  );
}
