/** A training run of the demo. */
export interface DemoRun {
  readonly method: 'ce' | 'kd' | 'modul';
  readonly epochs: number;
  readonly batch: number;
  readonly seed: number;
}

/** Epochs of each method: enough on the fast engine, a shorter demo on the portable one. */
const EPOCHS = {
  tensorflow: { ce: 30, kd: 30, modul: 30 },
  wasm: { ce: 8, kd: 8, modul: 3 },
} as const;

/** What the demo trains, in order: every method for the first seed, then the next seed. */
export function demoSchedule(engine: string, seeds: number): readonly DemoRun[] {
  const epochs = engine === 'tensorflow' ? EPOCHS.tensorflow : EPOCHS.wasm;
  return Array.from({ length: seeds }, (_, index) => index + 1).flatMap((seed) =>
    (['ce', 'kd', 'modul'] as const).map((method) => ({
      method,
      seed,
      epochs: epochs[method],
      batch: method === 'modul' ? 64 : 128,
    })),
  );
}
