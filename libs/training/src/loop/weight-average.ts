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

export interface WeightAverageOptions {
  /** Of the moving average; 0: the last weights stand for it. */
  readonly decay: number;
  /** Share of the weights of the start in what is taken in the end; 0: none. */
  readonly startShare?: number;
}

/**
 * Exponential moving average of a network's weights and running statistics (Polyak and Juditsky 1992; what timm's
 * ModelEmaV3 and torch.optim.swa_utils with use_buffers keep), and a point between it and the weights of the start:
 * fine-tuning gains on the images that it saw and loses what the weights knew of others, and halfway between the two a
 * network often does better than at either end (WiSE-FT: Wortsman et al., "Robust Fine-Tuning of Zero-Shot Models", CVPR
 * 2022, whose alpha is 1 - startShare).
 */
export class WeightAverage {
  /** By checkpoint name. */
  readonly tensors: ReadonlyMap<string, tf.Variable>;
  readonly #averages: readonly tf.Variable[];
  readonly #weights: readonly tf.Variable[];
  /** Empty where they have no share. */
  readonly #starts: readonly tf.Variable[];
  readonly #decay: number;
  readonly #startShare: number;

  /** @param parameters by name, as they are at the start: the average begins as a copy of them */
  constructor(
    parameters: ReadonlyMap<string, tf.Variable>,
    { decay, startShare: startFraction = 0 }: WeightAverageOptions,
  ) {
    this.#weights = [...parameters.values()];
    const copies = () => this.#weights.map((weight) => tf.tidy(() => tf.variable(tf.clone(weight), false)));
    this.#averages = copies();
    this.#starts = startFraction > 0 ? copies() : [];
    this.#decay = decay;
    this.#startShare = startFraction;
    const names = [...parameters.keys()];
    const named = (prefix: string, variables: readonly tf.Variable[]) =>
      variables.map((variable, index) => [`${prefix}/${names[index]}`, variable] as const);
    this.tensors = new Map([...named('average', this.#averages), ...named('start', this.#starts)]);
  }

  /** After an update of the weights. @param updates of the whole run, this one included */
  update(updates: number): void {
    averageStep(this.#averages, this.#weights, 1 - averageDecay(this.#decay, updates));
  }

  /** Gives the network the average, or what lies between it and the start, in place of its weights. */
  take(): void {
    this.#weights.forEach((weight, index) => weight.assign(this.#averages[index] as tf.Tensor));
    if (this.#startShare > 0) averageStep(this.#weights, this.#starts, this.#startShare);
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
    tf.dispose([...this.#averages, ...this.#starts]);
  }
}
