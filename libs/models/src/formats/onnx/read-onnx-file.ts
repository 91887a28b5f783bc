import { WinnowError } from '@winnow/contracts';
import { joinBytes, readFields, writeField } from './protobuf';

/** What an ONNX file says about itself. */
export interface OnnxFile {
  /** Tensors that it must be given. */
  readonly inputs: readonly OnnxValue[];
  /** Tensors that it gives. */
  readonly outputs: readonly OnnxValue[];
  readonly nodes: readonly OnnxNode[];
  /** Of the operators that it uses, of ONNX's own domain; 0 where it says none. */
  readonly opset: number;
  readonly producer: string;
  readonly metadata: Readonly<Record<string, string>>;
}

interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export interface OnnxValue {
  readonly name: string;
  /** TensorProto.DataType; 1 is float32. */
  readonly type: number;
  /** Null where the size is open. */
  readonly shape: readonly (number | null)[];
}

/** Numbers of the fields that are read, by message (onnx.proto3 of github.com/onnx/onnx). */
const MODEL = { producer: 2, producerVersion: 3, graph: 7, opset: 8, metadata: 14, functions: 25 };
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12, sparse: 15 };
const NODE = { input: 1, output: 2, op: 4, attribute: 5 };
const ATTRIBUTE = { tensor: 5, graph: 6, tensors: 10, graphs: 11, sparse: 22, sparses: 23 };
const TENSOR = { name: 8, external: 13, location: 14 };
const SPARSE = { values: 1, indices: 2 };
const FUNCTION_NODE = 7;
const MAX_DEPTH = 50;

/**
 * Reads what a graph is called and takes, and refuses one whose weights are still in other files: a path in a model must
 * not decide what is read by whoever loads it.
 * @throws WinnowError FORMAT_INVALID
 */
export function readOnnxFile(bytes: Uint8Array, where: string): OnnxFile {
  const reader = new OnnxReader(where);
  try {
    return reader.read(bytes);
  } catch (error) {
    throw onnxDamage(error, where);
  }
}

/** What to throw for an error of reading protobuf; any other error stays. */
export function onnxDamage(error: unknown, where: string): unknown {
  if (!(error instanceof RangeError)) return error;
  return invalid(`The ONNX file is damaged: ${error.message}`, where, 'Export it again.');
}

/**
 * The same model with more of its tensors as outputs. In protobuf a second `graph` field is merged into the first, so
 * they are appended.
 */
export function withOutputs(bytes: Uint8Array, names: readonly string[]): Uint8Array {
  if (names.length === 0) return bytes;
  const graph = joinBytes(names.map((name) => writeField(GRAPH.output, writeField(1, name))));
  return joinBytes([bytes, writeField(MODEL.graph, graph)]);
}

class OnnxReader {
  readonly #where: string;
  readonly #inputs: OnnxValue[] = [];
  readonly #outputs: OnnxValue[] = [];
  readonly #initializers = new Set<string>();
  readonly #nodes: OnnxNode[] = [];
  readonly #metadata: Record<string, string> = {};

  constructor(where: string) {
    this.#where = where;
  }

  read(bytes: Uint8Array): OnnxFile {
    let graphs = 0;
    for (const { number, bytes: content } of readFields(bytes)) {
      if (number === MODEL.graph) {
        graphs += 1;
        this.#readGraph(content);
      }
      if (number === MODEL.metadata) this.#readMetadata(content);
      if (number === MODEL.functions) {
        for (const field of readFields(content)) if (field.number === FUNCTION_NODE) this.#checkNode(field.bytes, 1);
      }
    }
    if (graphs === 0) throw invalid('This is not an ONNX model: it holds no graph', this.#where, 'Check the file.');
    return {
      inputs: this.#inputs.filter(({ name }) => !this.#initializers.has(name)),
      outputs: this.#outputs,
      nodes: this.#nodes,
      opset: opsetOf(bytes),
      producer: [MODEL.producer, MODEL.producerVersion]
        .map((field) => textOf(bytes, field))
        .join(' ')
        .trim(),
      metadata: this.#metadata,
    };
  }

  #readGraph(bytes: Uint8Array): void {
    for (const { number, bytes: content } of readFields(bytes)) {
      if (number === GRAPH.input) this.#inputs.push(readValue(content));
      if (number === GRAPH.output) this.#outputs.push(readValue(content));
      if (number === GRAPH.initializer) this.#initializers.add(textOf(content, TENSOR.name));
      if (number === GRAPH.node) this.#nodes.push(readNode(content));
    }
    this.#checkGraph(bytes, 0);
  }

  #readMetadata(bytes: Uint8Array): void {
    Object.defineProperty(this.#metadata, textOf(bytes, 1), {
      value: textOf(bytes, 2),
      enumerable: true,
      configurable: true,
    });
  }

  #checkGraph(bytes: Uint8Array, depth: number): void {
    if (depth > MAX_DEPTH) throw new RangeError('its graphs are nested too deeply');
    for (const { number, bytes: content } of readFields(bytes)) {
      if (number === GRAPH.node) this.#checkNode(content, depth);
      if (number === GRAPH.initializer) this.#checkTensor(content);
      if (number === GRAPH.sparse) this.#checkSparse(content);
    }
  }

  #checkNode(bytes: Uint8Array, depth: number): void {
    for (const field of readFields(bytes)) {
      if (field.number === NODE.attribute) this.#checkAttribute(field.bytes, depth);
    }
  }

  #checkAttribute(bytes: Uint8Array, depth: number): void {
    for (const { number, bytes: content } of readFields(bytes)) {
      if (number === ATTRIBUTE.tensor || number === ATTRIBUTE.tensors) this.#checkTensor(content);
      if (number === ATTRIBUTE.sparse || number === ATTRIBUTE.sparses) this.#checkSparse(content);
      if (number === ATTRIBUTE.graph || number === ATTRIBUTE.graphs) this.#checkGraph(content, depth + 1);
    }
  }

  #checkSparse(bytes: Uint8Array): void {
    for (const { number, bytes: content } of readFields(bytes)) {
      if (number === SPARSE.values || number === SPARSE.indices) this.#checkTensor(content);
    }
  }

  #checkTensor(bytes: Uint8Array): void {
    for (const { number, value } of readFields(bytes)) {
      if (number !== TENSOR.external && !(number === TENSOR.location && value !== 0)) continue;
      throw invalid(
        'The ONNX file keeps numbers of its nodes in other files, which is read of initializers only',
        this.#where,
        'Write one file of it: onnx.save(onnx.load(FILE), OUT).',
      );
    }
  }
}

function readNode(bytes: Uint8Array): OnnxNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  for (const { number, bytes: name } of readFields(bytes)) {
    if (number === NODE.input) inputs.push(decode(name));
    if (number === NODE.output && name.length > 0) outputs.push(decode(name));
  }
  return { op: textOf(bytes, NODE.op), inputs, outputs };
}

/** OperatorSetIdProto: the domain, empty for ONNX's own, and its version. */
function opsetOf(model: Uint8Array): number {
  let opset = 0;
  for (const { number, bytes } of readFields(model)) {
    if (number !== MODEL.opset || !['', 'ai.onnx'].includes(textOf(bytes, 1))) continue;
    for (const field of readFields(bytes)) if (field.number === 2) opset = field.value;
  }
  return opset;
}

function readValue(bytes: Uint8Array): OnnxValue {
  const tensorType = submessage(submessage(bytes, 2), 1);
  const shape = submessage(tensorType, 2);
  let type = 0;
  for (const field of readFields(tensorType)) if (field.number === 1) type = field.value;
  const sizes = [...readFields(shape)].flatMap((field) => (field.number === 1 ? [readSize(field.bytes)] : []));
  return { name: textOf(bytes, 1), type, shape: sizes };
}

/** Of a dimension: a number, or open (a name, or nothing). */
function readSize(bytes: Uint8Array): number | null {
  for (const { number, value } of readFields(bytes)) if (number === 1 && value > 0) return value;
  return null;
}

/** The last field of this number, empty where there is none. */
function submessage(bytes: Uint8Array, wanted: number): Uint8Array {
  let found: Uint8Array = new Uint8Array(0);
  for (const { number, bytes: content } of readFields(bytes)) if (number === wanted) found = content;
  return found;
}

function textOf(bytes: Uint8Array, field: number): string {
  return decode(submessage(bytes, field));
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function invalid(message: string, where: string, next: string): WinnowError {
  return new WinnowError('FORMAT_INVALID', message, { where, next });
}
