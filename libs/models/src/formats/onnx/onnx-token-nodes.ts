import type { GraphNode, GraphOperation, TokenOperation } from '../../passes/export-graph';
import type { AttributeValue, OnnxInitializer, OnnxNode, WrittenNode } from './onnx-messages';

type Written = TokenOperation | Extract<GraphOperation, { kind: 'layer-norm' | 'gelu' }>;

/**
 * Layers of ConvNeXt and vision transformers in operations of opset 13, which has no layer normalisation, GELU or
 * attention. Axes are [batch, channels, height, width]; tokens are a row.
 */
export function onnxTokenNodes(
  { name, shape, operation }: GraphNode & { readonly operation: Written },
  input: string,
): WrittenNode {
  const steps = new Steps(name);
  switch (operation.kind) {
    case 'layer-norm': {
      const centred = steps.add('Sub', [input, steps.add('ReduceMean', [input], CHANNELS)]);
      const variance = steps.add('ReduceMean', [steps.add('Mul', [centred, centred])], CHANNELS);
      const deviation = steps.add('Sqrt', [steps.add('Add', [variance, steps.scalar(operation.epsilon)])]);
      const scaled = steps.add('Mul', [steps.add('Div', [centred, deviation]), steps.channels(operation.gamma)]);
      return steps.end('Add', [scaled, steps.channels(operation.beta)]);
    }
    case 'gelu': {
      const below = steps.add('Erf', [steps.add('Mul', [input, steps.scalar(Math.SQRT1_2)])]);
      const fraction = steps.add('Mul', [steps.add('Add', [below, steps.scalar(1)]), steps.scalar(0.5)]);
      return steps.end('Mul', [input, fraction]);
    }
    case 'attention':
      return attention(steps, input, { shape, heads: operation.heads });
    case 'tokens': {
      const [count, channels] = operation.embedding.shape as [number, number];
      const row = steps.add('Reshape', [input, steps.whole([0, channels, 1, count - 1])]);
      const empty = steps.add('Pad', [row, steps.whole([0, 0, 0, 1, 0, 0, 0, 0])]);
      return steps.end('Add', [empty, steps.rows(operation.embedding.data, count, channels)]);
    }
    case 'class-token':
      return steps.end('Slice', [input, steps.whole([0]), steps.whole([1]), steps.whole([WIDTH])]);
    case 'token-map': {
      const [height, width, channels] = shape as [number, number, number];
      const end = steps.whole([1 + height * width]);
      const rest = steps.add('Slice', [input, steps.whole([1]), end, steps.whole([WIDTH])]);
      return steps.end('Reshape', [rest, steps.whole([0, channels, height, width])]);
    }
  }
}

const WIDTH = 3;
const CHANNELS = { axes: [1], keepdims: 1 };

/** With channels before tokens, a key's products with all queries lie side by side: softmax is over the axis before. */
function attention(
  steps: Steps,
  qkv: string,
  { shape, heads }: { readonly shape: readonly number[]; readonly heads: number },
): WrittenNode {
  const [, tokens, channels] = shape as [number, number, number];
  const size = channels / heads;
  const parts = steps.add('Reshape', [qkv, steps.whole([0, 3, heads, size, tokens])]);
  const part = (index: number): string => {
    const start = steps.whole([index]);
    const sliced = steps.add('Slice', [parts, start, steps.whole([index + 1]), steps.whole([1])]);
    return steps.add('Reshape', [sliced, steps.whole([0, heads, size, tokens])]);
  };
  const query = steps.add('Mul', [part(0), steps.scalar(1 / Math.sqrt(size))]);
  const key = steps.add('Transpose', [part(1)], { perm: [0, 1, 3, 2] });
  const weights = steps.add('Softmax', [steps.add('MatMul', [key, query])], { axis: 2 });
  const mixed = steps.add('MatMul', [part(2), weights]);
  return steps.end('Reshape', [mixed, steps.whole([0, channels, 1, tokens])]);
}

/** Nodes and constants of one node of the graph, under names of its own. */
class Steps {
  readonly #name: string;
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers: OnnxInitializer[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  /** @returns the name of its result */
  add(op: string, inputs: readonly string[], attributes: Readonly<Record<string, AttributeValue>> = {}): string {
    const output = this.#next();
    this.#nodes.push({ op, inputs, output, attributes });
    return output;
  }

  /** The last node. */
  end(op: string, inputs: readonly string[]): WrittenNode {
    return {
      nodes: [...this.#nodes, { op, inputs, output: this.#name }],
      initializers: this.#initializers,
    };
  }

  scalar(value: number): string {
    return this.#constant([], Float32Array.of(value));
  }

  channels(data: Float32Array): string {
    return this.#constant([data.length, 1, 1], data);
  }

  /** @param data [count, channels] */
  rows(data: Float32Array, count: number, channels: number): string {
    const turned = new Float32Array(data.length);
    data.forEach((value, at) => (turned[(at % channels) * count + Math.floor(at / channels)] = value));
    return this.#constant([1, channels, 1, count], turned);
  }

  /** Whole numbers, which initializers here do not hold. */
  whole(values: readonly number[]): string {
    return this.add('Constant', [], { value_ints: values });
  }

  #constant(shape: readonly number[], data: Float32Array): string {
    const name = this.#next();
    this.#initializers.push({ name, shape, data });
    return name;
  }

  #next(): string {
    return `${this.#name}.${this.#nodes.length + this.#initializers.length}`;
  }
}
