import { availableParallelism } from 'node:os';
import { WinnowError } from '@winnow/contracts';
import { nearNames } from '@winnow/files';
import type { ExternalDescription } from '../../external/external-description';
import { type OnnxFile, type OnnxValue, readOnnxFile, withOutputs } from './read-onnx-file';
import { findTeacherOutputs, type NodeKind, rowOutputs } from '../../external/teacher-outputs';
import { NetworkSession } from '../../external/external-session';
import type { ExternalRunner } from '../../external/external-network';

/** Of TensorProto.DataType, by number. */
const TYPE_NAMES = [
  ...['undefined', 'float32', 'uint8', 'int8', 'uint16', 'int16', 'int32', 'int64', 'string', 'bool'],
  ...['float16', 'float64', 'uint32', 'uint64', 'complex64', 'complex128', 'bfloat16'],
];
const FLOAT32 = 1;
const FLOAT16 = 10;

/** Operators by what they do (github.com/onnx/onnx, docs/Operators.md). */
const NODE_KINDS: ReadonlyMap<string, NodeKind> = new Map([
  ...['Gemm', 'MatMul', 'Conv'].map((op) => [op, 'classifier'] as const),
  ...['Softmax', 'LogSoftmax'].map((op) => [op, 'softmax'] as const),
  ...['GlobalAveragePool', 'AveragePool', 'ReduceMean'].map((op) => [op, 'pool'] as const),
  ...['Add', 'Cast', 'Dropout', 'Flatten', 'Identity', 'Reshape', 'Squeeze'].map((op) => [op, 'pass'] as const),
  ...['Constant', 'DequantizeLinear'].map((op) => [op, 'constant'] as const),
]);

/** What the file says of the model. @param externalFiles that its weights were in */
export function describeOnnx(file: OnnxFile, externalFiles: readonly string[]): ExternalDescription {
  const declared = ({ name, type, shape }: OnnxValue) => ({ name, type: typeName(type), shape });
  const nodes = file.nodes.flatMap(({ op, inputs, outputs }) =>
    outputs.slice(0, 1).map((output) => ({ kind: NODE_KINDS.get(op) ?? 'other', inputs, output })),
  );
  return {
    kind: 'onnx',
    producer: file.producer === '' ? null : file.producer,
    opset: file.opset === 0 ? null : file.opset,
    inputs: file.inputs.map(declared),
    outputs: file.outputs.map(declared),
    externalFiles,
    teacherOutputs: findTeacherOutputs(nodes, rowOutputs(file.outputs)),
  };
}

function typeName(type: number): string {
  return TYPE_NAMES[type] ?? `type ${type}`;
}

/** Whether a model takes its images as float16. */
export function isHalfOnnx({ inputs }: OnnxFile): boolean {
  return inputs.length === 1 && inputs[0]?.type === FLOAT16;
}

/**
 * An ONNX model by onnxruntime, in a process of its own with limits on time and memory.
 * @param outputs any tensors that its graph computes
 * @throws WinnowError FORMAT_INVALID, also where it takes something other than one input of float32 or float16; TEACHER_MISMATCH
 *   naming outputs that it does not have, or beyond the limits; INTERRUPTED
 */
export function openOnnx(bytes: Uint8Array, outputs: readonly string[], where: string): ExternalRunner {
  const read = readOnnxFile(bytes, where);
  const { inputs } = read;
  const given = read.outputs.map(({ name }) => name);
  const computed = read.nodes.flatMap((node) => node.outputs);
  const [input] = inputs;
  const isHalf = isHalfOnnx(read);
  if (input === undefined || inputs.length !== 1 || (input.type !== FLOAT32 && !isHalf)) {
    const found = inputs.map(({ name, type }) => `${name} (${typeName(type)})`).join(', ') || 'none';
    throw new WinnowError('FORMAT_INVALID', `The model must take one input of float32 or float16, not ${found}`, {
      where,
      next: 'Export it with images as its only input, in float32.',
    });
  }
  requireOutputs(outputs, { known: [...given, ...computed], given, where });
  const model = withOutputs(
    bytes,
    [...new Set(outputs)].filter((name) => !given.includes(name)),
  );
  const session = new NetworkSession(
    { kind: 'onnx', model, outputs, input: input.name, isHalf, threads: availableParallelism() },
    where,
  );
  return { inputShape: input.shape, run: (images) => session.run(images), dispose: () => session.dispose() };
}

function requireOutputs(
  wanted: readonly string[],
  { known, given, where }: { known: readonly string[]; given: readonly string[]; where: string },
): void {
  const missing = wanted.filter((name) => !known.includes(name));
  if (missing.length === 0) return;
  const near = missing.flatMap((name) => nearNames(name, known));
  throw new WinnowError('TEACHER_MISMATCH', `The model has no output ${missing.join(', ')}`, {
    where,
    next: `It gives ${given.slice(0, 10).join(', ')}${near.length > 0 ? `; near: ${near.join(', ')}` : ''}.`,
  });
}
