import type { LaidOut } from '../weights/torch-layout';

/** A layer of a graph from elsewhere, in the order in which it is computed. Weights have winnow's layout. */
export type SourceLayer = SourceEdges & SourceOperation;

interface SourceEdges {
  /** What it is called there, for errors. */
  readonly name: string;
  /** What it takes that is computed, not stored. */
  readonly inputs: readonly string[];
  readonly output: string;
}

export type SourceOperation =
  | SourceConvolution
  | SourceNorm
  | { readonly kind: 'linear'; readonly weight: LaidOut; readonly bias: Float32Array | null }
  | { readonly kind: 'add' }
  /** relu, relu6, or what the file calls it. */
  | { readonly kind: 'activation'; readonly activation: string }
  /** Without weights and of no consequence for them: pools, shapes, a softmax at the end. */
  | { readonly kind: 'passed over' };

export interface SourceConvolution {
  readonly kind: 'convolution';
  /** HWIO; depthwise [height, width, channels, 1] */
  readonly filter: LaidOut;
  readonly depthwise: boolean;
  readonly stride: number;
  readonly bias: Float32Array | null;
}

export interface SourceNorm {
  readonly kind: 'normalisation';
  readonly gamma: Float32Array;
  readonly beta: Float32Array;
  readonly mean: Float32Array;
  readonly variance: Float32Array;
  readonly epsilon: number;
}
