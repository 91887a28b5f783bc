import { averageStep, tf } from '@winnow/tensor';

/** Shape of the warm-up, as timm's ModelEmaV3 has it. */
const WARM_UP_POWER = 2 / 3;

/**
 * Decay of an average of weights after so many updates: 1 - (1 + updates - 1)^(-2/3) rises to the asked one, so that a
 * short training's average does not remember its start (timm's ModelEmaV3 with use_warmup).
 * @param updates from 1
 */
export function averageDecay(decay: number, updates: number): number {
  return Math.max(0, Math.min(decay, 1 - updates ** -WARM_UP_POWER));
}

/**
 * Exponential moving average of a network's weights and running statistics (Polyak and Juditsky 1992; what timm's
 * ModelEmaV3 and torch.optim.swa_utils with use_buffers keep).
 */
export class WeightAverage {
  /** By checkpoint name. */
  readonly tensors: ReadonlyMap<string, tf.Variable>;
  readonly #averages: readonly tf.Variable[];
  readonly #weights: readonly tf.Variable[];
  readonly #decay: number;

  /** @param parameters by name; the average starts as a copy of them */
  constructor(parameters: ReadonlyMap<string, tf.Variable>, decay: number) {
    this.#weights = [...parameters.values()];
    this.#averages = this.#weights.map((weight) => tf.tidy(() => tf.variable(tf.clone(weight), false)));
    this.#decay = decay;
    const names = [...parameters.keys()];
    this.tensors = new Map(names.map((name, index) => [`average/${name}`, this.#averages[index] as tf.Variable]));
  }

  /** After an update of the weights. @param updates of the whole run, this one included */
  update(updates: number): void {
    averageStep(this.#averages, this.#weights, 1 - averageDecay(this.#decay, updates));
  }

  /** Gives the network the average in place of its weights. */
  take(): void {
    this.#weights.forEach((weight, index) => weight.assign(this.#averages[index] as tf.Tensor));
  }

  /** Runs something while the network has the average in place of its weights. */
  async during<T>(work: () => T | Promise<T>): Promise<T> {
    const weights = this.#weights.map((weight) => weight.clone());
    this.take();
    try {
      return await work();
    } finally {
      this.#weights.forEach((weight, index) => weight.assign(weights[index] as tf.Tensor));
      tf.dispose(weights);
    }
  }

  dispose(): void {
    tf.dispose([...this.#averages]);
  }
}
