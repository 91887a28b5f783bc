import { adamwStep, sgdStep, tf } from '@winnow/tensor';
import type { WeightFactors } from './weight-factors';

export type OptimizerName = 'sgd' | 'adamw';

export interface OptimizerSettings {
  readonly name: OptimizerName;
  /** SGD. */
  readonly momentum: number;
  /** SGD. */
  readonly nesterov: boolean;
  /** AdamW. */
  readonly betas: readonly [number, number];
  /** AdamW. */
  readonly epsilon: number;
  /** SGD: added to the gradients; AdamW: decoupled. */
  readonly weightDecay: number;
}

/** A weight, its gradient, and how much of rate and decay it takes. */
interface Slope {
  readonly variable: tf.Variable;
  readonly gradient: tf.Tensor;
}

/** What changes weights by their gradients, and all that it remembers of them. */
export interface Optimizer {
  /** By checkpoint name. */
  readonly tensors: ReadonlyMap<string, tf.Variable>;
  /**
   * Changes the weights in place; one that is not among the slopes stays as it is.
   * @param at base rate of this step, and its number from 0 since the start of the run
   */
  step(slopes: readonly Slope[], at: { readonly learningRate: number; readonly step: number }): void;
  dispose(): void;
}

/**
 * An optimiser that starts at zero.
 * @param factors what it trains, by checkpoint name
 */
export function createOptimizer(
  settings: OptimizerSettings,
  trained: ReadonlyMap<string, tf.Variable>,
  factors: WeightFactors,
): Optimizer {
  const tensors = new Map<string, tf.Variable>();
  const remember = (kind: string): ReadonlyMap<tf.Variable, tf.Variable> =>
    new Map(
      [...trained].map(([name, variable]) => {
        const zeros = tf.tidy(() => tf.variable(tf.zerosLike(variable), false));
        tensors.set(`${kind}/${name}`, zeros);
        return [variable, zeros];
      }),
    );
  const groupsOf = (slopes: readonly Slope[], learningRate: number) => ({
    learningRate: slopes.map(({ variable }) => learningRate * (factors.get(variable)?.rate ?? 1)),
    weightDecay: slopes.map(({ variable }) => settings.weightDecay * (factors.get(variable)?.decay ?? 1)),
  });
  return {
    tensors,
    step: settings.name === 'sgd' ? sgd() : adamw(),
    dispose: () => tensors.forEach((tensor) => tensor.dispose()),
  };

  function sgd(): Optimizer['step'] {
    const velocities = remember('velocity');
    return (slopes, { learningRate }) =>
      sgdStep(...listsOf(slopes), stateOf(velocities, slopes), { ...settings, ...groupsOf(slopes, learningRate) });
  }

  function adamw(): Optimizer['step'] {
    const [first, second] = [remember('first-moment'), remember('second-moment')];
    return (slopes, { learningRate, step }) => {
      const moments = { first: stateOf(first, slopes), second: stateOf(second, slopes) };
      const options = { ...settings, ...groupsOf(slopes, learningRate), step: step + 1 };
      adamwStep(...listsOf(slopes), moments, options);
    };
  }
}

function listsOf(slopes: readonly Slope[]): [tf.Variable[], tf.Tensor[]] {
  return [slopes.map(({ variable }) => variable), slopes.map(({ gradient }) => gradient)];
}

function stateOf(state: ReadonlyMap<tf.Variable, tf.Variable>, slopes: readonly Slope[]): tf.Variable[] {
  return slopes.map(({ variable }) => state.get(variable) as tf.Variable);
}
