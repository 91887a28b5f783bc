import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** For specs: what scikit-learn says, written by tools/goldens/mixture.py. */
export interface Golden {
  readonly mixtures: readonly {
    readonly name: string;
    readonly values: readonly number[];
    readonly initialMeans: readonly number[];
    readonly maxIterations: number;
    readonly tolerance: number;
    readonly weights: readonly number[];
    readonly means: readonly number[];
    readonly variances: readonly number[];
    readonly lowerBound: number;
    readonly iterations: number;
    readonly converged: boolean;
    readonly firstResponsibilities: readonly number[];
  }[];
  readonly rankings: readonly {
    readonly name: string;
    readonly scores: readonly number[];
    readonly positive: readonly boolean[];
    readonly auroc: number;
    readonly falsePositiveRateAt95: number;
  }[];
  readonly confusion: {
    readonly truth: readonly number[];
    readonly found: readonly number[];
    readonly macroF1: number;
    readonly precision: readonly number[];
    readonly recall: readonly number[];
  };
}

export const golden = JSON.parse(readFileSync(join(__dirname, 'mixture-golden.json'), 'utf8')) as Golden;
