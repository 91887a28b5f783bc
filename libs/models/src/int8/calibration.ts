import type { GraphOperation } from '../passes/export-graph';
import type { InputMean } from './int8-layer';
import type { ValueRange } from './int8-range';

/** What was seen of a result when images went through the network. */
export interface CalibratedResult {
  /** To be stored in eight bits. */
  readonly range: ValueRange;
  /** Mean of each channel. */
  readonly means: Float32Array;
}

/** By the name of the node. */
export type Calibration = ReadonlyMap<string, CalibratedResult>;

/**
 * Means of what the weights of a layer are multiplied with, its rows in PyTorch's layout: of the channel of their input.
 * @param input what is known of the layer's input; all means are taken for equal where nothing is
 */
export function inputMeans(operation: GraphOperation, input: CalibratedResult | undefined): InputMean {
  const means = input?.means;
  if (means === undefined) return () => 1;
  const locations = operation.kind === 'convolution' ? windowSize(operation.filter.shape) : 1;
  const isDepthwise = operation.kind === 'convolution' && operation.depthwise;
  return (row, index) => means[isDepthwise ? row : Math.floor(index / locations)] as number;
}

function windowSize([height, width]: readonly number[]): number {
  return (height as number) * (width as number);
}
