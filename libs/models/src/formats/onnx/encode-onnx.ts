import { toTorchLayout } from '../../weights/torch-layout';
import { type ExportDescription, exportMetadata } from '../export-description';
import {
  type ExportGraph,
  GRAPH_NAMES,
  type GraphNode,
  type GraphOperation,
  isTokenOperation,
} from '../../passes/export-graph';
import { encodeModel, type OnnxInitializer, type OnnxNode, type WrittenNode } from './onnx-messages';
import { onnxTokenNodes } from './onnx-token-nodes';

/** Known by every runtime since 2020. */
const OPSET = 13;
const IR_VERSION = 7;
const BATCH = 'batch';

/** Writes a node whose inputs are called so; its result must have the node's name. */
export type NodeWriter = (node: GraphNode, inputs: readonly string[]) => WrittenNode;

/**
 * A graph as an ONNX model: `input` float32 [batch, 3, size, size], any number of images; outputs `logits` [batch,
 * classes] and `features` [batch, dim]. Weights have PyTorch's layout. The same graph gives the same bytes.
 * @param write other than in float32
 */
export function encodeOnnx(graph: ExportGraph, about: ExportDescription, write: NodeWriter = writeNode): Uint8Array {
  const written = graph.map((node) =>
    write(
      node,
      node.inputs.map((location) => (graph[location] as GraphNode).name),
    ),
  );
  const sizeOf = (name: string): readonly number[] => graph.find((node) => node.name === name)?.shape ?? [];
  const [height, width, channels] = sizeOf(GRAPH_NAMES.input) as [number, number, number];
  const output = (name: string) => ({ name, shape: [BATCH, ...sizeOf(name)] });
  return encodeModel({
    irVersion: IR_VERSION,
    opset: OPSET,
    producerVersion: about.version,
    description: 'Image classifier; how it wants its pixels is in the metadata: input, preprocessing.',
    metadata: asTexts(exportMetadata(about, 'nchw')),
    graph: {
      name: about.model,
      nodes: written.flatMap(({ nodes }) => nodes),
      initializers: written.flatMap(({ initializers }) => initializers),
      inputs: [{ name: GRAPH_NAMES.input, shape: [BATCH, channels, height, width] }],
      outputs: [output(GRAPH_NAMES.logits), output(GRAPH_NAMES.features)],
    },
  });
}

function asTexts(metadata: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}

/** A node in float32, weights in PyTorch's layout: those of a node are called after it. */
export function writeNode(node: GraphNode, inputs: readonly string[]): WrittenNode {
  const { name, operation } = node;
  const [from] = inputs;
  const one = (
    op: string,
    more: Partial<OnnxNode> = {},
    initializers: readonly OnnxInitializer[] = [],
  ): WrittenNode => ({
    nodes: [{ op, inputs: [...inputs, ...initializers.map((weight) => weight.name)], output: name, ...more }],
    initializers,
  });
  if (isTokenOperation(operation)) return onnxTokenNodes({ ...node, operation }, from as string);
  switch (operation.kind) {
    case 'input':
      return { nodes: [], initializers: [] };
    case 'convolution':
      return one('Conv', { attributes: convolutionAttributes(operation) }, convolutionWeights(name, operation));
    case 'normalisation':
      return one('BatchNormalization', { attributes: { epsilon: { float: operation.epsilon } } }, [
        vector(`${name}.weight`, operation.gamma),
        vector(`${name}.bias`, operation.beta),
        vector(`${name}.running_mean`, operation.mean),
        vector(`${name}.running_var`, operation.variance),
      ]);
    case 'add':
      return one('Add');
    case 'activation':
      return activation(name, from as string, operation.activation);
    case 'max-pool':
      return one('MaxPool', { attributes: windowAttributes(operation) });
    case 'multiply':
      return one('Mul');
    case 'layer-norm':
    case 'gelu':
      return onnxTokenNodes({ ...node, operation }, from as string);
    case 'mean-pool':
      if (operation.keepsAxes) return one('GlobalAveragePool');
      return {
        nodes: [
          { op: 'GlobalAveragePool', inputs, output: `${name}.mean` },
          { op: 'Flatten', inputs: [`${name}.mean`], output: name, attributes: { axis: 1 } },
        ],
        initializers: [],
      };
    case 'linear': {
      const { shape, data } = toTorchLayout(operation.weight.shape, operation.weight.data, 'other');
      const weights = [{ name: `${name}.weight`, shape, data }, vector(`${name}.bias`, operation.bias)];
      const all = [from as string, ...weights.map((weight) => weight.name)];
      return one('Gemm', { inputs: all, attributes: { transB: 1 } }, weights);
    }
  }
}

type NamedActivation = Extract<GraphOperation, { kind: 'activation' }>['activation'];

/** Opset 13 has neither HardSwish nor Swish: those are their own factor times the input. */
function activation(name: string, input: string, kind: NamedActivation): WrittenNode {
  const bounds = [scalar(`${name}.least`, 0), scalar(`${name}.most`, 6)];
  const steps = (...nodes: readonly OnnxNode[]): WrittenNode => ({ nodes, initializers: [] });
  const factor = (output: string): OnnxNode =>
    kind === 'hard-sigmoid' || kind === 'hard-swish'
      ? { op: 'HardSigmoid', inputs: [input], output, attributes: { alpha: { float: 1 / 6 }, beta: { float: 0.5 } } }
      : { op: 'Sigmoid', inputs: [input], output };
  switch (kind) {
    case 'relu':
      return steps({ op: 'Relu', inputs: [input], output: name });
    case 'relu6':
      return {
        nodes: [{ op: 'Clip', inputs: [input, ...bounds.map((bound) => bound.name)], output: name }],
        initializers: bounds,
      };
    case 'hard-sigmoid':
    case 'sigmoid':
      return steps(factor(name));
    case 'hard-swish':
    case 'silu':
      return steps(factor(`${name}.factor`), { op: 'Mul', inputs: [input, `${name}.factor`], output: name });
  }
}

type ConvolutionOperation = Extract<GraphOperation, { kind: 'convolution' }>;

function convolutionAttributes({ filter, stride, padding, depthwise }: ConvolutionOperation) {
  const [kernel, , channels] = filter.shape as [number, number, number, number];
  return { ...windowAttributes({ kernel, stride, padding }), group: depthwise ? channels : 1 };
}

function windowAttributes({ kernel, stride, padding }: { kernel: number; stride: number; padding: number }) {
  return {
    kernel_shape: [kernel, kernel],
    pads: [padding, padding, padding, padding],
    strides: [stride, stride],
  };
}

function convolutionWeights(name: string, { filter, bias, depthwise }: ConvolutionOperation): OnnxInitializer[] {
  const laidOut = toTorchLayout(filter.shape, filter.data, depthwise ? 'depthwise' : 'other');
  return [{ name: `${name}.weight`, ...laidOut }, ...(bias === null ? [] : [vector(`${name}.bias`, bias)])];
}

function vector(name: string, data: Float32Array): OnnxInitializer {
  return { name, shape: [data.length], data };
}

function scalar(name: string, value: number): OnnxInitializer {
  return { name, shape: [], data: Float32Array.of(value) };
}
