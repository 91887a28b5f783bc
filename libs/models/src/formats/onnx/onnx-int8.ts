import { WinnowError } from '@winnow/contracts';
import { type CalibratedResult, type Calibration, inputMeans } from '../../int8/calibration';
import { encodeOnnx, type NodeWriter, writeNode } from './encode-onnx';
import type { ExportDescription } from '../export-description';
import type { ExportGraph, GraphNode, GraphOperation } from '../../passes/export-graph';
import { quantiseLayer } from '../../int8/int8-layer';
import { type Int8Scale, int8Scale } from '../../int8/int8-range';
import type { OnnxInitializer, OnnxNode, WrittenNode } from './onnx-messages';

type OperationKind = GraphOperation['kind'];
/** What runtimes compute on whole numbers; everything else takes the numbers that they stand for. */
const INT8_KINDS: ReadonlySet<OperationKind> = new Set(['convolution', 'linear', 'add', 'max-pool', 'mean-pool']);
/** Of those, what gives new numbers, to be stored as int8 also where others take them. */
const COMPUTING_KINDS: ReadonlySet<OperationKind> = new Set(['convolution', 'linear', 'add']);
/** Layers with weights, of which ONNX has the channels of the result first. */
const LAYER_OPERATORS: readonly string[] = ['Conv', 'Gemm'];

/**
 * The nodes whose results are stored as int8, to be calibrated. A layer and the ReLU after it are one: only the result of
 * both is stored.
 */
export function int8Results(graph: ExportGraph): ReadonlySet<string> {
  const stored = graph.filter(({ operation }, index) => {
    const users = graph.filter(({ inputs }) => inputs.includes(index));
    if (users.some((user) => INT8_KINDS.has(user.operation.kind))) return true;
    return COMPUTING_KINDS.has(operation.kind) && users.some((user) => !isClamp(user));
  });
  return new Set(stored.map(({ name }) => name));
}

/** Runtimes make them part of the rounding that follows. */
function isClamp({ operation }: GraphNode): boolean {
  return operation.kind === 'activation' && ['relu', 'relu6'].includes(operation.activation);
}

/**
 * As encodeOnnx, in whole numbers of eight bits (QuantizeLinear and DequantizeLinear around float operators, which runtimes
 * put together): weights symmetric, with a scale for each channel of the result, activations with a scale and zero point for
 * each tensor, biases of 32 bits. Input and outputs stay float32, as do operations that have no such form.
 * @param calibration of the results of int8Results
 * @throws WinnowError INTERNAL where one is missing
 */
export function encodeOnnxInt8(graph: ExportGraph, about: ExportDescription, calibration: Calibration): Uint8Array {
  return encodeOnnx(graph, about, int8Writer(resultScales(graph, calibration), calibration));
}

/** A max pool gives what it was given. */
function resultScales(graph: ExportGraph, calibration: Calibration): ReadonlyMap<string, Int8Scale> {
  const scales = new Map<string, Int8Scale>();
  const results = int8Results(graph);
  for (const { name, inputs, operation } of graph) {
    if (!results.has(name)) continue;
    const given =
      operation.kind === 'max-pool' ? scales.get((graph[inputs[0] as number] as GraphNode).name) : undefined;
    const range = calibration.get(name)?.range;
    if (given === undefined && range === undefined) {
      throw new WinnowError('INTERNAL', 'A result was not calibrated', { where: name, next: 'Report this as a bug.' });
    }
    scales.set(name, given ?? int8Scale(range as NonNullable<typeof range>));
  }
  return scales;
}

function int8Writer(scales: ReadonlyMap<string, Int8Scale>, calibration: Calibration): NodeWriter {
  return (node, inputs) => {
    const written = writeNode(
      node,
      inputs.map((input) => (scales.has(input) ? dequantised(input) : input)),
    );
    const [from = ''] = inputs;
    const inputScale = scales.get(from);
    const parts = [
      inputScale === undefined ? written : int8Weights(node, written, { ...inputScale, input: calibration.get(from) }),
    ];
    const scale = scales.get(node.name);
    if (scale !== undefined) parts.push(roundTrip(node.name, scale));
    return {
      nodes: parts.flatMap(({ nodes }) => nodes),
      initializers: parts.flatMap(({ initializers }) => initializers),
    };
  };
}

function dequantised(name: string): string {
  return `${name}.dequantised`;
}

/** A result as int8, and what that stands for. */
function roundTrip(name: string, { scale, zeroPoint }: Int8Scale): WrittenNode {
  const parameters = [`${name}.scale`, `${name}.zero_point`] as const;
  const stored = `${name}.int8`;
  return {
    nodes: [
      { op: 'QuantizeLinear', inputs: [name, ...parameters], output: stored },
      { op: 'DequantizeLinear', inputs: [stored, ...parameters], output: dequantised(name) },
    ],
    initializers: [
      { name: parameters[0], shape: [], data: Float32Array.of(scale) },
      { name: parameters[1], shape: [], data: Int8Array.of(zeroPoint) },
    ],
  };
}

/** Stores the weights of a layer as int8, and its bias as int32; leaves other nodes alone. */
function int8Weights(
  { name, operation }: GraphNode,
  written: WrittenNode,
  { scale, input }: { readonly scale: number; readonly input: CalibratedResult | undefined },
): WrittenNode {
  const [weight, bias] = written.initializers;
  const isLayer = written.nodes.length === 1 && LAYER_OPERATORS.includes(written.nodes[0]?.op ?? '');
  if (!isLayer || weight === undefined) return written;
  const channels = weight.shape[0] as number;
  const layer = quantiseLayer(
    { weights: weight.data as Float32Array, bias: (bias?.data as Float32Array | undefined) ?? null, channels },
    scale,
    inputMeans(operation, input),
  );
  const scaleNames = { weight: `${name}.weight_scale`, bias: `${name}.bias_scale` };
  const zeroPoints = `${name}.weight_zero_point`;
  const initializers: OnnxInitializer[] = [
    { name: `${weight.name}.int8`, shape: weight.shape, data: layer.weights },
    { name: scaleNames.weight, shape: [channels], data: layer.weightScales },
    { name: zeroPoints, shape: [channels], data: new Int8Array(channels) },
  ];
  const along = { attributes: { axis: 0 } };
  const nodes: OnnxNode[] = [
    {
      op: 'DequantizeLinear',
      inputs: [`${weight.name}.int8`, scaleNames.weight, zeroPoints],
      output: weight.name,
      ...along,
    },
  ];
  if (bias !== undefined && layer.bias !== null) {
    initializers.push(
      { name: `${bias.name}.int32`, shape: [channels], data: layer.bias },
      { name: scaleNames.bias, shape: [channels], data: layer.biasScales },
    );
    nodes.push({
      op: 'DequantizeLinear',
      inputs: [`${bias.name}.int32`, scaleNames.bias],
      output: bias.name,
      ...along,
    });
  }
  return { nodes: [...nodes, ...written.nodes], initializers };
}
