import { WinnowError } from '@winnow/contracts';
import { joinBytes, type ProtobufField, readFields, readNumbers, wrapParts } from './protobuf';
import { type InnerFile, isInnerPath, locateInnerFile, readInnerFile } from '../../external/inner-file';

/** An ONNX model in one piece. */
export interface WholeOnnx {
  readonly bytes: Uint8Array;
  /** Files that its weights were in, as the model names them; none for a model of one file. */
  readonly externalFiles: readonly string[];
}

/** Of onnx.proto3 (github.com/onnx/onnx). */
const GRAPH = 7;
const INITIALIZER = 5;
const TENSOR = { dims: 1, type: 2, name: 8, rawData: 9, external: 13, location: 14 };
const EXTERNAL = 1;
/** Of a number by TensorProto.DataType; texts and what is smaller than a byte are not in files of their own. */
const TYPE_BYTES: Readonly<Record<number, number>> = {
  ...{ 1: 4, 2: 1, 3: 1, 4: 2, 5: 2, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8, 12: 4, 13: 8, 14: 8, 15: 16, 16: 2 },
  ...{ 17: 1, 18: 1, 19: 1, 20: 1 },
};

/** Where the numbers of a tensor are. */
interface ExternalTensor {
  readonly name: string;
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/**
 * Puts weights that lie in files beside an ONNX model ("external data", PyTorch's default from 2.9 on) into the model, as
 * onnx.save does. Only initializers of the main graph have theirs there; nothing outside the model's folder is read, sizes
 * are compared before anything is, and the tensors together take no more bytes than the files have.
 * @param modelFile names the folder, and the model in errors
 * @param maxBytes of the model and its weights together
 * @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID; RangeError for damaged protobuf
 */
export async function embedExternalWeights(bytes: Uint8Array, modelFile: string, maxBytes: number): Promise<WholeOnnx> {
  const tensors = externalTensors(bytes, modelFile);
  if (tensors.length === 0) return { bytes, externalFiles: [] };
  const names = [...new Set(tensors.map(({ location }) => location))];
  const files = new Map<string, InnerFile>();
  for (const name of names) files.set(name, await locateInnerFile(modelFile, name));
  const stored = [...files.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (bytes.length + stored > maxBytes) {
    throw invalid(`The model and its weights have ${bytes.length + stored} bytes, more than ${maxBytes}`, modelFile);
  }
  const taken = tensors.reduce((sum, { length }) => sum + length, 0);
  if (taken > stored) throw invalid(`Its weights take ${taken} bytes of files of ${stored}`, modelFile);
  for (const { name, location, offset, length } of tensors) {
    const { sizeBytes } = files.get(location) as InnerFile;
    if (offset + length <= sizeBytes) continue;
    throw invalid(`${name} ends at byte ${offset + length} of ${location}, which has ${sizeBytes}`, modelFile);
  }
  const contents = new Map<string, Uint8Array>();
  for (const [name, file] of files) contents.set(name, await readInnerFile(file));
  const embedded = rewriteInitializers(bytes, (tensor) => {
    const { location, offset, length } = readExternal(tensor, modelFile);
    return (contents.get(location) as Uint8Array).subarray(offset, offset + length);
  });
  return { bytes: embedded, externalFiles: names };
}

function externalTensors(bytes: Uint8Array, where: string): ExternalTensor[] {
  const found: ExternalTensor[] = [];
  for (const field of readFields(bytes)) {
    if (field.number !== GRAPH) continue;
    for (const { number, bytes: tensor } of readFields(field.bytes)) {
      if (number === INITIALIZER && isExternal(tensor)) found.push(readExternal(tensor, where));
    }
  }
  return found;
}

/** The model with the numbers of its external initializers in place of what says where they are. */
function rewriteInitializers(bytes: Uint8Array, weightsOf: (tensor: Uint8Array) => Uint8Array): Uint8Array {
  const rewrite = (message: Uint8Array, change: (field: ProtobufField) => Uint8Array[] | null): Uint8Array[] =>
    [...readFields(message)].flatMap((field) => change(field) ?? [message.subarray(field.start, field.end)]);
  const parts = rewrite(bytes, ({ number, bytes: graph }) => {
    if (number !== GRAPH) return null;
    const changed = rewrite(graph, ({ number: inner, bytes: tensor }) => {
      if (inner !== INITIALIZER || !isExternal(tensor)) return null;
      const kept = rewrite(tensor, (field) =>
        field.number === TENSOR.external || field.number === TENSOR.location ? [] : null,
      );
      return wrapParts(INITIALIZER, [...kept, ...wrapParts(TENSOR.rawData, [weightsOf(tensor)])]);
    });
    return wrapParts(GRAPH, changed);
  });
  return joinBytes(parts);
}

function isExternal(tensor: Uint8Array): boolean {
  let location = 0;
  for (const { number, value } of readFields(tensor)) if (number === TENSOR.location) location = value;
  return location === EXTERNAL;
}

/** @throws WinnowError FORMAT_INVALID for a path out of the folder, or a length that is not that of its numbers */
function readExternal(tensor: Uint8Array, where: string): ExternalTensor {
  const entries = new Map<string, string>();
  let name = 'a tensor';
  let type = 0;
  let count = 1;
  for (const field of readFields(tensor)) {
    if (field.number === TENSOR.name) name = decode(field.bytes).slice(0, 100);
    if (field.number === TENSOR.type) type = field.value;
    if (field.number === TENSOR.dims) count = readNumbers(field).reduce((product, size) => product * size, count);
    if (field.number === TENSOR.external) entries.set(...readEntry(field.bytes));
  }
  const location = entries.get('location') ?? '';
  if (!isInnerPath(location)) {
    throw invalid(`${name} is in ${JSON.stringify(location.slice(0, 100))}, not in a file within its folder`, where);
  }
  const size = (TYPE_BYTES[type] ?? NaN) * count;
  if (!Number.isSafeInteger(size)) throw invalid(`${name} in ${location} is of a type or size that is not read`, where);
  const [offset, length] = (['offset', 'length'] as const).map((key) => {
    const text = entries.get(key) ?? (key === 'offset' ? '0' : String(size));
    if (/^\d{1,15}$/.test(text)) return Number(text);
    throw invalid(`${name} in ${location} has the ${key} ${text.slice(0, 100)}`, where);
  }) as [number, number];
  if (length === size) return { name, location, offset, length };
  throw invalid(`${name} takes ${size} bytes, its part of ${location} has ${length}`, where);
}

/** StringStringEntryProto. */
function readEntry(bytes: Uint8Array): [string, string] {
  const entry: [string, string] = ['', ''];
  for (const { number, bytes: text } of readFields(bytes)) {
    if (number === 1) entry[0] = decode(text);
    if (number === 2) entry[1] = decode(text);
  }
  return entry;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function invalid(message: string, where: string): WinnowError {
  return new WinnowError('FORMAT_INVALID', message, {
    where,
    next: 'Export the model again, and keep the files that it wrote together in one folder.',
  });
}
