import { WinnowError } from '@winnow/contracts';
import { bfloat16ToFloat32, halfToNumber } from '../half-floats';
import { isRecord } from '../json-values';
import {
  DTYPE_BYTES,
  MAX_HEADER_BYTES,
  METADATA_KEY,
  PREFIX_BYTES,
  type SafetensorsData,
  type SafetensorsDtype,
  type SafetensorsFile,
  type SafetensorsTensor,
} from './safetensors';

/**
 * Reads a safetensors file (github.com/huggingface/safetensors, "Format"): 8 bytes header length, JSON header, data.
 * Every byte of the data must belong to exactly one tensor.
 * @param bytes the whole file; nothing of it is trusted
 * @param where names the file in errors
 * @throws WinnowError FORMAT_INVALID
 */
export function decodeSafetensors(bytes: Uint8Array, where = 'safetensors'): SafetensorsFile {
  const fail = (what: string): never => {
    throw new WinnowError('FORMAT_INVALID', what, { where, next: 'Export the weights again as safetensors.' });
  };
  refuseOtherFormats(bytes, where);
  const { header, dataStart } = readHeader(bytes, fail);
  const entries = new Map<string, HeaderEntry>();
  let metadata: Record<string, string> | null = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === METADATA_KEY) {
      metadata = readTexts(value);
      continue;
    }
    const entry = readEntry(value);
    if (typeof entry === 'string') return fail(`safetensors entry ${quote(name)} is not valid: ${entry}`);
    entries.set(name, entry);
  }
  if (metadata === null) return fail('the safetensors metadata holds something other than texts');
  checkLayout(entries, bytes.length - dataStart, fail);
  const tensors = new Map<string, SafetensorsTensor>();
  for (const [name, { dtype, shape, range }] of entries) {
    // A copy, also of a Buffer (whose own slice is a view): numbers need aligned memory.
    const slice = new Uint8Array(bytes.subarray(dataStart + range[0], dataStart + range[1]));
    tensors.set(name, { dtype, shape, data: readValues(dtype, slice) });
  }
  return { tensors, metadata };
}

type Fail = (what: string) => never;

/** First bytes of what people name instead; a safetensors file has a small number there and `{` after eight bytes. */
const OTHER_FORMATS = [
  {
    // Field 1, the version of the format, then the producer, an opset or the graph.
    start: /^\x08[\x01-\x1f][\x12\x1a\x22\x3a\x42]/,
    name: 'an ONNX file',
    next: (file: string) => `Import it: winnow teacher import ${file} --out teacher`,
  },
  {
    start: /^(?:PK\x03\x04|\x80[\x02-\x05])/,
    name: 'a file of torch.save',
    next: () => 'In Python: safetensors.torch.save_file(model.state_dict(), "teacher.safetensors")',
  },
] as const;

/** @throws WinnowError FORMAT_INVALID for a file that is known to be of another format */
function refuseOtherFormats(bytes: Uint8Array, where: string): void {
  const start = String.fromCharCode(...bytes.subarray(0, PREFIX_BYTES + 1));
  if (start.charAt(PREFIX_BYTES) === '{') return;
  const found = OTHER_FORMATS.find((format) => format.start.test(start));
  if (found === undefined) return;
  throw new WinnowError('FORMAT_INVALID', `This is ${found.name}, not safetensors`, { where, next: found.next(where) });
}

function readHeader(bytes: Uint8Array, fail: Fail): { header: Record<string, unknown>; dataStart: number } {
  if (bytes.length < PREFIX_BYTES) return fail(`${bytes.length} bytes are too few for a safetensors file`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = view.getBigUint64(0, true);
  if (headerBytes > BigInt(MAX_HEADER_BYTES) || headerBytes > BigInt(bytes.length - PREFIX_BYTES)) {
    return fail(`the safetensors header claims ${headerBytes} bytes of a file of ${bytes.length}`);
  }
  const dataStart = PREFIX_BYTES + Number(headerBytes);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(PREFIX_BYTES, dataStart)));
  } catch {
    return fail('the safetensors header is not JSON');
  }
  if (!isRecord(header)) return fail('the safetensors header is not a JSON object');
  return { header, dataStart };
}

/** Sizes fit the shapes, and the tensors follow one another without gap or overlap up to the end. */
function checkLayout(entries: ReadonlyMap<string, HeaderEntry>, dataBytes: number, fail: Fail): void {
  for (const [name, { dtype, shape, range }] of entries) {
    const expected = shape.reduce((product, size) => product * size, DTYPE_BYTES[dtype]);
    if (range[1] > dataBytes) fail(`tensor ${quote(name)} ends at byte ${range[1]} of ${dataBytes}`);
    if (range[1] - range[0] !== expected) {
      fail(`tensor ${quote(name)} of shape [${shape.join(', ')}] holds ${range[1] - range[0]} bytes, not ${expected}`);
    }
  }
  const inOrder = [...entries].sort(([, a], [, b]) => a.range[0] - b.range[0] || a.range[1] - b.range[1]);
  let end = 0;
  for (const [name, { range }] of inOrder) {
    if (range[0] < end) fail(`tensor ${quote(name)} overlaps another`);
    if (range[0] > end) fail(`bytes ${end} to ${range[0]} belong to no tensor`);
    end = range[1];
  }
  if (end !== dataBytes) fail(`bytes ${end} to ${dataBytes} belong to no tensor`);
}

/** @param bytes a copy of its own, so aligned */
function readValues(dtype: SafetensorsDtype, bytes: Uint8Array): SafetensorsData {
  switch (dtype) {
    case 'F32':
      return new Float32Array(bytes.buffer);
    case 'F64':
      return new Float64Array(bytes.buffer);
    case 'I64':
      return new BigInt64Array(bytes.buffer);
    case 'F16':
      return Float32Array.from(new Uint16Array(bytes.buffer), halfToNumber);
    case 'BF16':
      return bfloat16ToFloat32(new Uint16Array(bytes.buffer));
  }
}

function quote(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}...` : name);
}

/** One tensor's line of the header, checked on its own. */
interface HeaderEntry {
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  /** Byte range within the data. */
  readonly range: readonly [number, number];
}

const MAX_RANK = 8;

/** @returns the entry, or what is wrong with it */
function readEntry(value: unknown): HeaderEntry | string {
  if (!isRecord(value)) return 'it is not an object';
  const { dtype, shape, data_offsets: range, ...rest } = value;
  const unknownKey = Object.keys(rest)[0];
  if (unknownKey !== undefined) return `it has the unknown key ${JSON.stringify(unknownKey.slice(0, 40))}`;
  if (typeof dtype !== 'string' || !Object.hasOwn(DTYPE_BYTES, dtype)) {
    return `its dtype is none of ${Object.keys(DTYPE_BYTES).join(', ')}`;
  }
  if (!isCounts(shape) || shape.length > MAX_RANK) return `its shape is not a list of at most ${MAX_RANK} sizes`;
  if (!isCounts(range) || range.length !== 2) return 'its data_offsets are not two byte positions';
  return { dtype: dtype as SafetensorsDtype, shape, range: [range[0] as number, range[1] as number] };
}

/** @returns the texts, or null where a value is not a text */
function readTexts(value: unknown): Record<string, string> | null {
  if (!isRecord(value)) return null;
  return Object.values(value).every((text) => typeof text === 'string') ? (value as Record<string, string>) : null;
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((count) => Number.isSafeInteger(count) && count >= 0);
}
