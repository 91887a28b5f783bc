import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface OptimizerGolden {
  /** Of each of two weights, as below. */
  readonly learningRate: readonly number[];
  readonly weightDecay: readonly number[];
  readonly start: readonly number[][];
  /** Of each step. */
  readonly gradients: readonly number[][][];
  readonly after: readonly number[][][];
}

/** For specs: steps that torch.optim took (tools/goldens/optimizers.py). */
export const OPTIMIZER_GOLDENS = JSON.parse(readFileSync(join(__dirname, 'goldens', 'optimizers.json'), 'utf8')) as {
  readonly adamw: readonly (OptimizerGolden & {
    readonly betas: readonly [number, number];
    readonly epsilon: number;
  })[];
  readonly sgd: readonly (OptimizerGolden & { readonly momentum: number; readonly nesterov: boolean })[];
};

/** For specs: of their two weights. */
export const GOLDEN_SHAPES = [[3], [2, 2]] as const;
