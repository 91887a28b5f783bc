import { WinnowError } from '@winnow/contracts';
import { bfloat16ToFloat32, halvesToFloat32 } from '../half-floats';
import { onnxDamage } from './read-onnx-file';
import { readFields, readNumbers } from './protobuf';
import { fromTorchLayout, type LaidOut } from '../../weights/torch-layout';
import type { SourceLayer, SourceOperation } from '../../adopt/source-layers';

/** Numbers of the fields that are read, by message (onnx.proto3 of github.com/onnx/onnx). */
const MODEL_GRAPH = 7;
const GRAPH = { node: 1, initializer: 5 };
const NODE = { input: 1, output: 2, name: 3, operation: 4, attribute: 5 };
const ATTRIBUTE = { name: 1, float: 2, integer: 3, tensor: 5, integers: 8 };
const TENSOR = { dims: 1, type: 2, floats: 4, name: 8, raw: 9 };
/** Of TensorProto.DataType. */
const TYPE = { float: 1, int64: 7, half: 10, double: 11, bfloat16: 16 };
/** Of a list; beyond the axes of any tensor here. */
const MAX_NUMBERS = 9;

/** Neither weights nor anything that changes what weights mean. */
const PASSED_OVER =
  'Constant Dropout Flatten GlobalAveragePool Identity MaxPool ReduceMean Reshape Shape Gather Concat Unsqueeze Squeeze Slice Cast Transpose Softmax LogSoftmax Pad AveragePool'.split(
    ' ',
  );

interface OnnxNode {
  readonly name: string;
  readonly operation: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

interface OnnxAttribute {
  readonly float: number;
  readonly integers: readonly number[];
  readonly tensor: Uint8Array | null;
}

/**
 * The layers of an ONNX graph, weights in the file itself.
 * @throws WinnowError FORMAT_INVALID naming what is none of an image classifier of ours
 */
export function readOnnxLayers(bytes: Uint8Array, where: string): readonly SourceLayer[] {
  try {
    const nodes: OnnxNode[] = [];
    const weights = new Map<string, LaidOut>();
    for (const { number, bytes: graph } of readFields(bytes)) {
      if (number !== MODEL_GRAPH) continue;
      for (const field of readFields(graph)) {
        if (field.number === GRAPH.initializer) weights.set(...readTensor(field.bytes));
        if (field.number === GRAPH.node) nodes.push(readNode(field.bytes));
      }
    }
    for (const { operation, attributes, inputs, output } of nodes) {
      const constant = attributes.get('value')?.tensor;
      if (operation === 'Constant' && constant) weights.set(output, readTensor(constant)[1]);
      // Bounds of an activation may be stored as others than floats.
      const same = ['Identity', 'Cast'].includes(operation) ? weights.get(inputs[0] ?? '') : undefined;
      if (same) weights.set(output, same);
    }
    return nodes.map((node) => ({
      name: node.name === '' ? node.output : node.name,
      inputs: node.inputs.filter((input) => !weights.has(input)),
      output: node.output,
      ...operationOf(node, (at) => weights.get(node.inputs[at] ?? '') ?? null, where),
    }));
  } catch (error) {
    throw onnxDamage(error, where);
  }
}

type StoredInput = (at: number) => LaidOut | null;
type ReadOperation = (node: OnnxNode, weight: StoredInput, where: string) => SourceOperation;

const OPERATIONS: Readonly<Record<string, ReadOperation>> = {
  Conv: convolution,
  BatchNormalization: normalisation,
  Gemm: linear,
  MatMul: linear,
  // With a stored one it is the bias of what comes before.
  Add: (_node, weight) => ({ kind: weight(0) === null && weight(1) === null ? 'add' : 'passed over' }),
  Relu: () => ({ kind: 'activation', activation: 'relu' }),
  Clip: clip,
};

function operationOf(node: OnnxNode, weight: StoredInput, where: string): SourceOperation {
  const { operation } = node;
  if (Object.hasOwn(OPERATIONS, operation)) return (OPERATIONS[operation] as ReadOperation)(node, weight, where);
  return PASSED_OVER.includes(operation)
    ? { kind: 'passed over' }
    : { kind: 'activation', activation: operation.slice(0, 80) };
}

function normalisation(node: OnnxNode, weight: StoredInput, where: string): SourceOperation {
  const values = (at: number): Float32Array => required(weight(at), node, where).data;
  return {
    kind: 'normalisation',
    ...{ gamma: values(1), beta: values(2), mean: values(3), variance: values(4) },
    epsilon: node.attributes.get('epsilon')?.float ?? 1e-5,
  };
}

function linear(node: OnnxNode, weight: StoredInput, where: string): SourceOperation {
  const { shape, data } = required(weight(1), node, where);
  const isTransposed = node.attributes.get('transB')?.integers[0] === 1;
  const laidOut = isTransposed ? fromTorchLayout(shape, data, 'other') : { shape, data };
  return { kind: 'linear', weight: laidOut, bias: weight(2)?.data ?? null };
}

function clip({ attributes }: OnnxNode, weight: StoredInput): SourceOperation {
  const [low, high] = (['min', 'max'] as const).map(
    (name, at) => weight(at + 1)?.data[0] ?? attributes.get(name)?.float,
  );
  return { kind: 'activation', activation: low === 0 && high === 6 ? 'relu6' : `Clip(${low}, ${high})` };
}

function convolution(node: OnnxNode, weight: StoredInput, where: string): SourceOperation {
  const filter = required(weight(1), node, where);
  const [channels, perGroup] = filter.shape;
  const integers = (name: string, otherwise: readonly number[]) => node.attributes.get(name)?.integers ?? otherwise;
  const [group = 1] = integers('group', []);
  const [stride = 1, other = stride] = integers('strides', []);
  const depthwise = group > 1;
  const isKnownGroup = !depthwise || (group === channels && perGroup === 1);
  const isSquare = stride === other && integers('dilations', []).every((step) => step === 1);
  if (filter.shape.length !== 4 || !isSquare || !isKnownGroup) {
    throw invalid(`The convolution ${node.name || node.output} is of a kind that winnow does not have`, where);
  }
  const laidOut = fromTorchLayout(filter.shape, filter.data, depthwise ? 'depthwise' : 'other');
  return { kind: 'convolution', filter: laidOut, depthwise, stride, bias: weight(2)?.data ?? null };
}

function required(weight: LaidOut | null, node: OnnxNode, where: string): LaidOut {
  if (weight !== null) return weight;
  throw invalid(`The weights of ${node.operation} ${node.name || node.output} are not stored as floats`, where);
}

function readNode(bytes: Uint8Array): OnnxNode {
  const inputs: string[] = [];
  const attributes = new Map<string, OnnxAttribute>();
  let [name, operation, output] = ['', '', ''];
  for (const field of readFields(bytes)) {
    if (field.number === NODE.input) inputs.push(decode(field.bytes));
    if (field.number === NODE.output && output === '') output = decode(field.bytes);
    if (field.number === NODE.name) name = decode(field.bytes).slice(0, 200);
    if (field.number === NODE.operation) operation = decode(field.bytes);
    if (field.number === NODE.attribute) attributes.set(...readAttribute(field.bytes));
  }
  return { name, operation, inputs, output, attributes };
}

function readAttribute(bytes: Uint8Array): [string, OnnxAttribute] {
  let [name, float]: [string, number] = ['', 0];
  let tensor: Uint8Array | null = null;
  const integers: number[] = [];
  for (const field of readFields(bytes)) {
    if (field.number === ATTRIBUTE.name) name = decode(field.bytes);
    if (field.number === ATTRIBUTE.float) float = viewOf(field.bytes).getFloat32(0, true);
    if (field.number === ATTRIBUTE.integer) integers.push(field.value);
    if (field.number === ATTRIBUTE.integers) integers.push(...readNumbers(field, MAX_NUMBERS));
    if (field.number === ATTRIBUTE.tensor) tensor = field.bytes;
  }
  return [name, { float, integers, tensor }];
}

/** Tensors of other types have no values here: none of them is a weight. */
function readTensor(bytes: Uint8Array): [string, LaidOut] {
  const shape: number[] = [];
  let [name, type]: [string, number] = ['', 0];
  let [raw, floats] = [new Uint8Array(0), new Uint8Array(0)];
  for (const field of readFields(bytes)) {
    if (field.number === TENSOR.dims) shape.push(...readNumbers(field, MAX_NUMBERS));
    if (field.number === TENSOR.type) type = field.value;
    if (field.number === TENSOR.name) name = decode(field.bytes);
    if (field.number === TENSOR.raw) raw = new Uint8Array(field.bytes);
    if (field.number === TENSOR.floats) floats = new Uint8Array(field.bytes);
  }
  const data = valuesOf(type, raw.length > 0 ? raw : floats);
  const size = shape.reduce((product, length) => product * length, 1);
  if (data.length > 0 && data.length !== size) throw new RangeError(`the tensor ${name.slice(0, 80)} is cut off`);
  return [name, { shape, data }];
}

/** @param bytes a copy of its own, so aligned */
function valuesOf(type: number, bytes: Uint8Array): Float32Array {
  const width = { [TYPE.float]: 4, [TYPE.half]: 2, [TYPE.int64]: 8, [TYPE.double]: 8, [TYPE.bfloat16]: 2 }[type];
  if (width === undefined) return new Float32Array(0);
  const { buffer } = bytes.subarray(0, bytes.length - (bytes.length % width)).slice();
  if (type === TYPE.half) return halvesToFloat32(new Uint16Array(buffer));
  if (type === TYPE.int64) return Float32Array.from(new BigInt64Array(buffer), Number);
  if (type === TYPE.bfloat16) return bfloat16ToFloat32(new Uint16Array(buffer));
  return type === TYPE.float ? new Float32Array(buffer) : Float32Array.from(new Float64Array(buffer));
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  if (byteLength < 4) throw new RangeError('a number is cut off');
  return new DataView(buffer, byteOffset, byteLength);
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function invalid(message: string, where: string): WinnowError {
  return new WinnowError('FORMAT_INVALID', message, { where, next: '`winnow models` lists the architectures.' });
}
