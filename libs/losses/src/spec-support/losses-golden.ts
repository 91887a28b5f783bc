import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A value, and its gradients in the order of its inputs, flat. */
export interface GoldenLoss {
  readonly value: number;
  readonly gradients: readonly (readonly number[])[];
}

/** For specs: what PyTorch says, written by tools/goldens/losses.py. Matrices row by row. */
export interface LossesGolden {
  /** Of student and teacher. */
  readonly shape: [number, number];
  readonly student: number[];
  readonly teacher: number[];
  readonly matrix: number[];
  readonly weights: number[];
  readonly distInter: GoldenLoss & { readonly temperature: number };
  readonly distIntra: GoldenLoss & { readonly temperature: number };
  readonly noiseAdaptation: GoldenLoss & { readonly diagonal: number };
  readonly weightedFeatureMse: GoldenLoss;
}

export const golden = JSON.parse(readFileSync(join(__dirname, '../losses-golden.json'), 'utf8')) as LossesGolden;
