import { WinnowError } from '@winnow/contracts';
import type { SeededRandom } from '@winnow/random';
import { tf } from '@winnow/tensor';

type Shape = readonly number[];

/** Makes a network's variables under their PyTorch names and remembers them in order. */
export class ParameterStore {
  readonly parameters = new Map<string, tf.Variable>();
  /** Names of the depthwise filters, [height, width, channels, 1], which PyTorch keeps as [channels, 1, height, width]. */
  readonly depthwiseNames = new Set<string>();
  readonly #random: SeededRandom | null;

  /**
   * @param random each parameter draws from its own fork, by name: adding a layer changes no other's weights; null
   *   leaves what would be drawn at zero, which is quick
   */
  constructor(random: SeededRandom | null) {
    this.#random = random;
  }

  /**
   * Convolution weights, HWIO, normal with variance 2 / (out * kernel area): He et al., "Delving Deep into
   * Rectifiers", ICCV 2015, equation 14 (PyTorch's kaiming_normal_ with fan_out and ReLU).
   */
  convolution(name: string, shape: readonly [number, number, number, number]): tf.Variable<tf.Rank.R4> {
    const deviation = Math.sqrt(2 / (shape[0] * shape[1] * shape[3]));
    return this.#add(name, shape, () => this.#drawn(name, shape, (random) => random.normal() * deviation), true);
  }

  /** Likewise, a filter for each channel: one output a channel is what the variance counts. */
  depthwise(name: string, shape: readonly [number, number, number, 1]): tf.Variable<tf.Rank.R4> {
    this.depthwiseNames.add(name);
    return this.convolution(name, shape);
  }

  /** Uniform within 1 / sqrt(inputs), as PyTorch's Linear starts. */
  uniform(name: string, shape: Shape, inputs: number): tf.Variable {
    const bound = 1 / Math.sqrt(inputs);
    return this.#add(name, shape, () => this.#drawn(name, shape, (random) => (2 * random.next() - 1) * bound), true);
  }

  /** Normal with mean 0. */
  normal<R extends tf.Rank>(name: string, shape: Shape, deviation: number): tf.Variable<R> {
    return this.#add(name, shape, () => this.#drawn(name, shape, (random) => random.normal() * deviation), true);
  }

  /** Likewise, a filter for each channel. */
  normalDepthwise(
    name: string,
    shape: readonly [number, number, number, 1],
    deviation: number,
  ): tf.Variable<tf.Rank.R4> {
    this.depthwiseNames.add(name);
    return this.normal(name, shape, deviation);
  }

  constant(name: string, length: number, value: number, trainable: boolean): tf.Variable<tf.Rank.R1> {
    return this.#add(name, [length], () => new Float32Array(length).fill(value), trainable);
  }

  #drawn(name: string, shape: Shape, draw: (random: SeededRandom) => number): Float32Array {
    const values = new Float32Array(sizeOf(shape));
    const random = this.#random?.fork(name);
    return random ? values.map(() => draw(random)) : values;
  }

  /** @param values drawn where they are needed */
  protected variable(shape: Shape, values: () => Float32Array, trainable: boolean): tf.Variable {
    const initial = tf.tensor(values(), [...shape], 'float32');
    const variable = tf.variable(initial, trainable);
    initial.dispose();
    return variable;
  }

  #add<R extends tf.Rank>(name: string, shape: Shape, values: () => Float32Array, trainable: boolean): tf.Variable<R> {
    if (this.parameters.has(name)) throw new WinnowError('INTERNAL', `parameter ${name} is defined twice`);
    const variable = this.variable(shape, values, trainable);
    this.parameters.set(name, variable);
    return variable as unknown as tf.Variable<R>;
  }
}

/** Notes names and shapes only: its variables hold nothing, and no engine is needed. */
export class ShapeStore extends ParameterStore {
  constructor() {
    super(null);
  }

  protected override variable(shape: Shape): tf.Variable {
    return { shape } as unknown as tf.Variable;
  }
}

function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}
