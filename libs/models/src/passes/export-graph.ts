import type { Activation } from '@winnow/tensor';

/** Weights in winnow's layout: HWIO, depthwise [height, width, channels, 1], linear [in, out]. */
export interface GraphWeight {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** One step of a network for inference; NHWC, batch norms folded into the convolutions before them. */
export type GraphOperation =
  | { readonly kind: 'input' }
  | {
      readonly kind: 'convolution';
      readonly filter: GraphWeight;
      /** Null: none. */
      readonly bias: Float32Array | null;
      readonly stride: number;
      /** Zeros on each of the four sides, pixels. */
      readonly padding: number;
      readonly depthwise: boolean;
    }
  | {
      /** (x - mean) / sqrt(variance + epsilon) * gamma + beta, channel by channel */
      readonly kind: 'normalisation';
      readonly gamma: Float32Array;
      readonly beta: Float32Array;
      readonly mean: Float32Array;
      readonly variance: Float32Array;
      readonly epsilon: number;
    }
  | { readonly kind: 'add' }
  | { readonly kind: 'activation'; readonly activation: Exclude<Activation, 'none'> }
  | { readonly kind: 'max-pool'; readonly kernel: number; readonly stride: number; readonly padding: number }
  | {
      readonly kind: 'mean-pool';
      /** True: the result keeps its axes, [1, 1, channels]. */
      readonly keepsAxes: boolean;
    }
  /** The channels of the first input times the factors of the second, [1, 1, channels]. */
  | { readonly kind: 'multiply' }
  /** (x - mean) / sqrt(variance + epsilon) * gamma + beta, statistics over the channels of each place */
  | { readonly kind: 'layer-norm'; readonly gamma: Float32Array; readonly beta: Float32Array; readonly epsilon: number }
  | { readonly kind: 'gelu' }
  /** Queries, keys and values of all heads, [1, tokens, 3 * channels], to [1, tokens, channels]. */
  | { readonly kind: 'attention'; readonly heads: number }
  /** A map's places as a row, an empty one before them, plus this, [1 + places, channels]. */
  | { readonly kind: 'tokens'; readonly embedding: GraphWeight }
  /** The first of a row of tokens. */
  | { readonly kind: 'class-token' }
  /** The others as a map. */
  | { readonly kind: 'token-map' }
  | { readonly kind: 'linear'; readonly weight: GraphWeight; readonly bias: Float32Array };

/** Steps among the tokens of a vision transformer. */
export type TokenOperation = Extract<GraphOperation, { kind: 'attention' | 'tokens' | 'class-token' | 'token-map' }>;

export function isTokenOperation(operation: GraphOperation): operation is TokenOperation {
  return ['attention', 'tokens', 'class-token', 'token-map'].includes(operation.kind);
}

export interface GraphNode {
  /** Of the node and of its result; unique. */
  readonly name: string;
  /** Places of its inputs in the list of nodes, all before its own. */
  readonly inputs: readonly number[];
  /** Axes of its result without the batch: height, width, channels, or one number. */
  readonly shape: readonly number[];
  readonly operation: GraphOperation;
}

/** A network as a list of nodes in an order in which they can be computed; the first is the input. */
export type ExportGraph = readonly GraphNode[];

/** Names of the nodes that others ask for. */
export const GRAPH_NAMES = {
  input: 'input',
  featureMap: 'feature_map',
  features: 'features',
  logits: 'logits',
} as const;
