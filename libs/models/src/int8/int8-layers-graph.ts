import { fromTorchLayout, toTorchLayout } from '../weights/torch-layout';
import { type Calibration, inputMeans } from './calibration';
import type { ExportGraph, GraphNode, GraphOperation, GraphWeight } from '../passes/export-graph';
import { quantiseLayer } from './int8-layer';

type Layer = Extract<GraphOperation, { kind: 'convolution' | 'linear' }>;

/**
 * The same network, the weights of its layers whole numbers from -127 to 127, and after each layer a normalisation that
 * holds its scales and biases. Formats with one scale for a whole filter can store such weights in eight bits; a filter as
 * it is has channels of which one scale leaves nothing.
 * @param calibration of the results of int8Results; without one, weights are rounded as if all inputs had one mean
 */
export function int8LayersGraph(graph: ExportGraph, calibration: Calibration = new Map()): ExportGraph {
  const nodes: GraphNode[] = [];
  const movedTo: number[] = [];
  for (const node of graph) {
    const { operation } = node;
    const inputs = node.inputs.map((index) => movedTo[index] as number);
    if (operation.kind === 'convolution' || operation.kind === 'linear') {
      const from = graph[node.inputs[0] as number] as GraphNode;
      const { layer, normalisation } = wholeLayer(operation, inputMeans(operation, calibration.get(from.name)));
      nodes.push({ ...node, name: `${node.name}.int8`, inputs, operation: layer });
      nodes.push({ ...node, inputs: [nodes.length - 1], operation: normalisation });
    } else nodes.push({ ...node, inputs });
    movedTo.push(nodes.length - 1);
  }
  return nodes;
}

function wholeLayer(
  operation: Layer,
  meanOf: ReturnType<typeof inputMeans>,
): { readonly layer: Layer; readonly normalisation: GraphOperation } {
  const { weight, bias } = operation.kind === 'linear' ? operation : { weight: operation.filter, bias: operation.bias };
  const kind = operation.kind === 'convolution' && operation.depthwise ? 'depthwise' : 'other';
  const { shape, data } = toTorchLayout(weight.shape, weight.data, kind);
  const channels = shape[0] as number;
  const { weights, weightScales } = quantiseLayer({ weights: data, bias: null, channels }, 1, meanOf);
  const whole: GraphWeight = fromTorchLayout(shape, Float32Array.from(weights), kind);
  return {
    layer:
      operation.kind === 'linear'
        ? { ...operation, weight: whole, bias: new Float32Array(channels) }
        : { ...operation, filter: whole, bias: null },
    normalisation: {
      kind: 'normalisation',
      gamma: weightScales,
      beta: bias ?? new Float32Array(channels),
      mean: new Float32Array(channels),
      variance: new Float32Array(channels).fill(1),
      epsilon: 0,
    },
  };
}
