import { adamwStep, muonStep, sgdStep, tf } from '@winnow/tensor';
import type { WeightFactors } from './weight-factors';

export type OptimizerName = 'sgd' | 'adamw' | 'muon';

/** Of Muon: by how much of its length a kernel is turned at a learning rate of 1; at .1 by a fiftieth. */
const TURN = 0.2;

export interface OptimizerSettings {
  readonly name: OptimizerName;
  /** SGD and Muon. */
  readonly momentum: number;
  /** SGD and Muon. */
  readonly nesterov: boolean;
  /** AdamW. */
  readonly betas: readonly [number, number];
  /** AdamW. */
  readonly epsilon: number;
  /** SGD: added to the gradients; AdamW: decoupled; Muon: as SGD of what it does not turn. */
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
    step: { sgd, adamw, muon }[settings.name](),
    dispose: () => tensors.forEach((tensor) => tensor.dispose()),
  };

  function sgd(): Optimizer['step'] {
    const velocities = remember('velocity');
    return (slopes, { learningRate }) =>
      sgdStep(...listsOf(slopes), stateOf(velocities, slopes), { ...settings, ...groupsOf(slopes, learningRate) });
  }

  /** Kernels are turned, and everything else steps as by SGD. */
  function muon(): Optimizer['step'] {
    const velocities = remember('velocity');
    const kernels = normalisedKernels(trained);
    return (slopes, { learningRate }) => {
      const turned = slopes.filter(({ variable }) => kernels.has(variable));
      const others = slopes.filter(({ variable }) => !kernels.has(variable));
      const turn = groupsOf(turned, TURN * learningRate).learningRate;
      muonStep(...listsOf(turned), stateOf(velocities, turned), { ...settings, turn });
      sgdStep(...listsOf(others), stateOf(velocities, others), { ...settings, ...groupsOf(others, learningRate) });
    };
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

/**
 * Kernels of convolutions from several channels to several that a normalisation follows, as the missing offset tells: while that
 * learns, their length makes no difference (but in WRN, whose sums come before it). A depthwise kernel is no one matrix.
 */
export function normalisedKernels(trained: ReadonlyMap<string, tf.Variable>): ReadonlySet<tf.Variable> {
  const isKernel = ([name, { rank, shape }]: readonly [string, tf.Variable]): boolean =>
    rank === 4 && Number(shape[2]) > 1 && Number(shape[3]) > 1 && !trained.has(name.replace(/weight$/, 'bias'));
  return new Set([...trained].filter(isKernel).map(([, variable]) => variable));
}

function listsOf(slopes: readonly Slope[]): [tf.Variable[], tf.Tensor[]] {
  return [slopes.map(({ variable }) => variable), slopes.map(({ gradient }) => gradient)];
}

function stateOf(state: ReadonlyMap<tf.Variable, tf.Variable>, slopes: readonly Slope[]): tf.Variable[] {
  return slopes.map(({ variable }) => state.get(variable) as tf.Variable);
}
