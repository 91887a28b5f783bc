import { joinBytes, wrapParts, writeField, writeNumber } from './protobuf';

/** Messages of onnx.proto3 (github.com/onnx/onnx), as far as an image classifier needs them. */

/** TensorProto.DataType. */
export const ONNX_FLOAT = 1;
/** TensorProto.DataType of what an array holds; of Uint16Array: the bits of float16. */
const TENSOR_TYPES = { Float32Array: ONNX_FLOAT, Int8Array: 3, Int32Array: 6, Uint16Array: 10 } as const;
/** AttributeProto.AttributeType. */
const ATTRIBUTE = { float: 1, int: 2, ints: 7 };

/** Whole numbers, or `{ float }`. */
export type AttributeValue = number | readonly number[] | { readonly float: number };

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  /** Its one result; the node has the same name. */
  readonly output: string;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

export interface OnnxInitializer {
  readonly name: string;
  readonly shape: readonly number[];
  /** Uint16Array: the bits of float16. */
  readonly data: Float32Array | Int8Array | Int32Array | Uint16Array;
}

interface OnnxValue {
  readonly name: string;
  /** A text names an open size. */
  readonly shape: readonly (number | string)[];
}

interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxInitializer[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

export interface OnnxModel {
  readonly irVersion: number;
  readonly opset: number;
  readonly producerVersion: string;
  readonly description: string;
  readonly graph: OnnxGraph;
  readonly metadata: Readonly<Record<string, string>>;
}

/** ModelProto. The same model gives the same bytes. Weights, which may be many, are copied once. */
export function encodeModel({ graph, metadata, ...model }: OnnxModel): Uint8Array {
  return joinBytes([
    writeNumber(1, model.irVersion),
    writeField(2, 'winnow'),
    writeField(3, model.producerVersion),
    writeField(6, model.description),
    ...wrapParts(7, encodeGraph(graph)),
    writeField(8, writeNumber(2, model.opset)),
    ...Object.entries(metadata).map(([key, value]) =>
      writeField(14, joinBytes([writeField(1, key), writeField(2, value)])),
    ),
  ]);
}

function encodeGraph({ name, nodes, initializers, inputs, outputs }: OnnxGraph): Uint8Array[] {
  return [
    ...nodes.map((node) => writeField(1, encodeNode(node))),
    writeField(2, name),
    ...initializers.flatMap((initializer) => wrapParts(5, encodeTensor(initializer))),
    ...inputs.map((value) => writeField(11, encodeValue(value))),
    ...outputs.map((value) => writeField(12, encodeValue(value))),
  ];
}

function encodeNode({ op, inputs, output, attributes = {} }: OnnxNode): Uint8Array {
  return joinBytes([
    ...inputs.map((input) => writeField(1, input)),
    writeField(2, output),
    writeField(3, output),
    writeField(4, op),
    ...Object.entries(attributes).map(([name, value]) => writeField(5, encodeAttribute(name, value))),
  ]);
}

function encodeAttribute(name: string, value: AttributeValue): Uint8Array {
  const [type, content] =
    typeof value === 'number'
      ? [ATTRIBUTE.int, [writeNumber(3, value)]]
      : 'float' in value
        ? [ATTRIBUTE.float, [writeFloat(2, value.float)]]
        : [ATTRIBUTE.ints, value.map((item) => writeNumber(8, item))];
  return joinBytes([writeField(1, name), ...content, writeNumber(20, type)]);
}

/** A field of four bytes. @param number at most 15: its tag is one byte */
function writeFloat(number: number, value: number): Uint8Array {
  const bytes = new Uint8Array(5);
  bytes[0] = number * 8 + 5;
  new DataView(bytes.buffer).setFloat32(1, value, true);
  return bytes;
}

function encodeTensor({ name, shape, data }: OnnxInitializer): Uint8Array[] {
  return [
    ...shape.map((size) => writeNumber(1, size)),
    writeNumber(2, TENSOR_TYPES[data[Symbol.toStringTag]]),
    writeField(8, name),
    // Little-endian, as on every machine that winnow runs on.
    ...wrapParts(9, [new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]),
  ];
}

function encodeValue({ name, shape }: OnnxValue): Uint8Array {
  const sizes = shape.map((size) =>
    writeField(1, typeof size === 'number' ? writeNumber(1, size) : writeField(2, size)),
  );
  const tensor = joinBytes([writeNumber(1, ONNX_FLOAT), writeField(2, joinBytes(sizes))]);
  return joinBytes([writeField(1, name), writeField(2, writeField(1, tensor))]);
}

/** What a node becomes. */
export interface WrittenNode {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxInitializer[];
}
