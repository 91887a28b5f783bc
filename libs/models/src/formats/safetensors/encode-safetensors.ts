import { compareText, WinnowError } from '@winnow/contracts';
import { METADATA_KEY, PREFIX_BYTES } from './safetensors';

export interface WritableTensor {
  readonly shape: readonly number[];
  /** Uint16Array: the bits of float16. */
  readonly data: Float32Array | Uint16Array;
}

const DTYPES = { Float32Array: 'F32', Uint16Array: 'F16' } as const;

/**
 * Writes a safetensors file of F32 and F16 tensors. The same content gives the same bytes: tensors and metadata are sorted by
 * name, the header is padded with spaces to a multiple of 8.
 * @throws WinnowError SHAPE_MISMATCH where a shape does not fit its data
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, WritableTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const sorted = [...tensors].sort(([a], [b]) => compareText(a, b));
  const members: string[] = [];
  if (Object.keys(metadata).length > 0) members.push(member(METADATA_KEY, `{${sortedMembers(metadata)}}`));
  let end = 0;
  for (const [name, { shape, data }] of sorted) {
    checkShape(name, shape, data);
    const start = end;
    end += data.byteLength;
    members.push(
      member(name, JSON.stringify({ dtype: DTYPES[data[Symbol.toStringTag]], shape, data_offsets: [start, end] })),
    );
  }
  const text = new TextEncoder().encode(`{${members.join(',')}}`);
  const headerBytes = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(PREFIX_BYTES + headerBytes + end).fill(0x20, PREFIX_BYTES, PREFIX_BYTES + headerBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  bytes.set(text, PREFIX_BYTES);
  let at = PREFIX_BYTES + headerBytes;
  for (const [, { data }] of sorted) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

function checkShape(name: string, shape: readonly number[], data: WritableTensor['data']): void {
  const expected = shape.reduce((product, size) => product * size, 1);
  if (name !== METADATA_KEY && data.length === expected) return;
  throw new WinnowError('SHAPE_MISMATCH', `tensor ${name} of shape [${shape.join(', ')}] has ${data.length} values`, {
    where: 'encodeSafetensors',
    next: `Give it ${expected} values and a name other than ${METADATA_KEY}.`,
  });
}

function sortedMembers(record: Readonly<Record<string, string>>): string {
  return Object.entries(record)
    .sort(([a], [b]) => compareText(a, b))
    .map(([key, value]) => member(key, JSON.stringify(value)))
    .join(',');
}

function member(key: string, json: string): string {
  return `${JSON.stringify(key)}:${json}`;
}
