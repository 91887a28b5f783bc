import { WinnowError } from '@winnow/contracts';
import {
  type Activation,
  type BatchNormParameters,
  type LayerNormParameters,
  type LinearOptions,
  type LinearParameters,
  type MaxPoolOptions,
  tf,
} from '@winnow/tensor';
import { CountingPass } from './counting-pass';
import type { Convolution, ConvolutionNorm, Epilogue, ForwardPass, TokenEmbedding } from './forward-pass';
import { locationEmbedding } from './plain-layers';
import { GRAPH_NAMES, type GraphNode, type GraphOperation } from './export-graph';
import { foldNorm, type NormValues, normValues } from './fold-norm';

/**
 * Writes down what a network does instead of doing it. Its tensors hold zeros of the right shapes and stand for nodes;
 * must run inside a tidy.
 */
export class RecordingPass implements ForwardPass {
  readonly nodes: GraphNode[] = [];
  readonly #names: ReadonlyMap<tf.Tensor, string>;
  readonly #places = new Map<number, number>();
  readonly #used = new Set<string>();
  readonly #shapes = new CountingPass();

  /** @param parameters of the network, by PyTorch name: nodes are called after their weights */
  constructor(parameters: ReadonlyMap<string, tf.Tensor>) {
    this.#names = new Map([...parameters].map(([name, tensor]) => [tensor, name.replace(/\.weight$/, '')]));
  }

  /** Adds a node whose result is that tensor. @returns the tensor */
  record<T extends tf.Tensor>(result: T, name: string, inputs: readonly tf.Tensor[], operation: GraphOperation): T {
    const locations = inputs.map((input) => this.placeOf(input));
    this.#places.set(result.id, this.nodes.length);
    this.nodes.push({ name: this.#unique(name), inputs: locations, shape: result.shape.slice(1), operation });
    return result;
  }

  /** @throws WinnowError INTERNAL for a tensor that was computed past the pass */
  placeOf(tensor: tf.Tensor): number {
    const location = this.#places.get(tensor.id);
    if (location !== undefined) return location;
    throw new WinnowError('INTERNAL', 'The network computes something past its ForwardPass, so it cannot be exported', {
      where: this.nodes.at(-1)?.name ?? 'input',
      next: 'Report this as a bug.',
    });
  }

  convolve(x: tf.Tensor4D, convolution: Convolution): tf.Tensor4D {
    return this.#convolve(x, convolution, null);
  }

  convolveNorm(x: tf.Tensor4D, { convolution, norm }: ConvolutionNorm, epilogue?: Epilogue): tf.Tensor4D {
    return this.#finish(this.#convolve(x, convolution, normValues(norm)), epilogue);
  }

  normalise(x: tf.Tensor4D, norm: BatchNormParameters, epilogue?: Epilogue): tf.Tensor4D {
    const operation = { kind: 'normalisation', ...normValues(norm) } as const;
    return this.#finish(this.record(tf.zerosLike(x), this.#nameOf(norm.gamma), [x], operation), epilogue);
  }

  add(x: tf.Tensor4D, y: tf.Tensor4D): tf.Tensor4D {
    return this.record(tf.zerosLike(x), `${this.#nodeOf(x).name}.add`, [x, y], { kind: 'add' });
  }

  maxPool(x: tf.Tensor4D, options: MaxPoolOptions): tf.Tensor4D {
    const result = this.#shapes.maxPool(x, options);
    return this.record(result, `${this.#nodeOf(x).name}.pool`, [x], { kind: 'max-pool', ...options });
  }

  features(x: tf.Tensor4D): tf.Tensor2D {
    return this.record(this.#shapes.features(x), GRAPH_NAMES.features, [x], { kind: 'mean-pool', keepsAxes: false });
  }

  activate(x: tf.Tensor4D, activation: Activation): tf.Tensor4D {
    return activation === 'none' ? x : this.#activate(x, this.#nodeOf(x).name, activation);
  }

  meanPool(x: tf.Tensor4D): tf.Tensor4D {
    const operation = { kind: 'mean-pool', keepsAxes: true } as const;
    return this.record(this.#shapes.meanPool(x), `${this.#nodeOf(x).name}.mean`, [x], operation);
  }

  multiply(x: tf.Tensor4D, gate: tf.Tensor4D): tf.Tensor4D {
    return this.record(tf.zerosLike(x), `${this.#nodeOf(x).name}.gated`, [x, gate], { kind: 'multiply' });
  }

  layerNorm(x: tf.Tensor4D, { gamma, beta, epsilon }: LayerNormParameters): tf.Tensor4D {
    const operation = { kind: 'layer-norm', gamma: valuesOf(gamma), beta: valuesOf(beta), epsilon } as const;
    return this.record(tf.zerosLike(x), this.#nameOf(gamma), [x], operation);
  }

  /** As a 1x1 convolution, the factors of its results folded into it. */
  linear(
    x: tf.Tensor4D,
    layer: LinearParameters,
    { activation = 'none', plus: residual }: LinearOptions = {},
  ): tf.Tensor4D {
    const name = this.#nameOf(layer.weight);
    const factors = layer.scale ? valuesOf(layer.scale) : null;
    const scaled = (value: number, at: number): number =>
      factors === null ? value : value * (factors[at % factors.length] as number);
    const y = this.record(this.#shapes.linear(x, layer), name, [x], {
      kind: 'convolution',
      filter: { shape: [1, 1, x.shape[3], layer.bias.size], data: valuesOf(layer.weight).map(scaled) },
      bias: valuesOf(layer.bias).map(scaled),
      ...{ stride: 1, padding: 0, depthwise: false },
    });
    const active = activation === 'gelu' ? this.record(tf.zerosLike(y), `${name}.gelu`, [y], { kind: 'gelu' }) : y;
    return residual ? this.add(active, residual) : active;
  }

  attention(qkv: tf.Tensor4D, heads: number): tf.Tensor4D {
    const name = `${this.#nodeOf(qkv).name}.attention`;
    return this.record(this.#shapes.attention(qkv, heads), name, [qkv], { kind: 'attention', heads });
  }

  tokens(x: tf.Tensor4D, embedding: TokenEmbedding): tf.Tensor4D {
    const [, count, channels] = embedding.positions.shape;
    const values = locationEmbedding(embedding).dataSync() as Float32Array;
    const weight = { shape: [count, channels], data: values.slice() };
    return this.record(this.#shapes.tokens(x, embedding), 'tokens', [x], { kind: 'tokens', embedding: weight });
  }

  classToken(tokens: tf.Tensor4D): tf.Tensor4D {
    return this.record(this.#shapes.classToken(tokens), 'class_token', [tokens], { kind: 'class-token' });
  }

  tokenMap(tokens: tf.Tensor4D): tf.Tensor4D {
    return this.record(this.#shapes.tokenMap(tokens), 'token_map', [tokens], { kind: 'token-map' });
  }

  #convolve(x: tf.Tensor4D, convolution: Convolution, norm: NormValues | null): tf.Tensor4D {
    const { filter, bias, stride, padding, depthwise = false } = convolution;
    const values = valuesOf(filter);
    const offsets = bias ? valuesOf(bias) : null;
    const folded = norm === null ? { filter: values, bias: offsets } : foldNorm(values, offsets, norm);
    return this.record(this.#shapes.convolve(x, convolution), this.#nameOf(filter), [x], {
      kind: 'convolution',
      filter: { shape: filter.shape, data: folded.filter },
      bias: folded.bias,
      stride,
      padding,
      depthwise,
    });
  }

  #finish(x: tf.Tensor4D, { activation = 'none', plus: residual }: Epilogue = {}): tf.Tensor4D {
    const { name } = this.#nodeOf(x);
    const sum = residual ? this.add(x, residual) : x;
    return activation === 'none' ? sum : this.#activate(sum, name, activation);
  }

  #activate(x: tf.Tensor4D, name: string, activation: Exclude<Activation, 'none'>): tf.Tensor4D {
    return this.record(tf.zerosLike(x), `${name}.${activation}`, [x], { kind: 'activation', activation });
  }

  #nodeOf(tensor: tf.Tensor): GraphNode {
    return this.nodes[this.placeOf(tensor)] as GraphNode;
  }

  #nameOf(weight: tf.Tensor): string {
    return this.#names.get(weight) ?? 'layer';
  }

  #unique(name: string): string {
    let free = name;
    for (let count = 2; this.#used.has(free); count += 1) free = `${name}.${count}`;
    this.#used.add(free);
    return free;
  }
}

/** A copy, so that a graph does not change with its model. */
function valuesOf(tensor: tf.Tensor): Float32Array {
  return (tensor.dataSync() as Float32Array).slice();
}
