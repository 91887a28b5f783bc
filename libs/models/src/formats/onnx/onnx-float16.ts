import { encodeOnnx, type NodeWriter, writeNode } from './encode-onnx';
import type { ExportDescription } from '../export-description';
import type { ExportGraph } from '../../passes/export-graph';
import { halfWeight } from '../half-floats';
import { ONNX_FLOAT, type OnnxInitializer, type OnnxNode } from './onnx-messages';

/**
 * As encodeOnnx, weights stored as float16 and cast to float32 as the model is loaded: half the bytes, and it runs wherever
 * the other does. Vectors stay float32: they are small, and statistics of a batch norm may be beyond float16's range.
 */
export function encodeOnnxFloat16(graph: ExportGraph, about: ExportDescription): Uint8Array {
  return encodeOnnx(graph, about, writeHalf);
}

const writeHalf: NodeWriter = (node, inputs) => {
  const { nodes, initializers } = writeNode(node, inputs);
  const stored = initializers.map((weight): { cast: readonly OnnxNode[]; initializer: OnnxInitializer } => {
    const { name, shape, data } = weight;
    if (shape.length < 2 || !(data instanceof Float32Array)) return { cast: [], initializer: weight };
    const half = `${name}.float16`;
    return {
      cast: [{ op: 'Cast', inputs: [half], output: name, attributes: { to: ONNX_FLOAT } }],
      initializer: { name: half, shape, data: halfWeight(data, name) },
    };
  });
  return {
    nodes: [...stored.flatMap(({ cast }) => cast), ...nodes],
    initializers: stored.map(({ initializer }) => initializer),
  };
};
