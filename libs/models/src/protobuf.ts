/** One field of a protobuf message: a number, or the bytes of a text, packed list or message. */
export interface ProtobufField {
  readonly number: number;
  /** Of a varint; 0 for other types. */
  readonly value: number;
  /** A view; empty for numbers. */
  readonly bytes: Uint8Array;
}

const EMPTY = new Uint8Array(0);
const FIXED_BYTES: Readonly<Record<number, number>> = { 1: 8, 5: 4 };

/**
 * The fields of a message in their order (protobuf.dev, "Encoding"). Groups, which no format here uses, are refused.
 * @param bytes nothing of it is trusted; nothing is copied
 * @throws RangeError where a length leads out of the message
 */
export function* readFields(bytes: Uint8Array): Generator<ProtobufField> {
  let at = 0;
  while (at < bytes.length) {
    const tag = readVarint(bytes, at);
    // Readers that keep 32 bits would see another field than we do.
    if (tag.value >= 2 ** 32 || tag.end - at > 5) throw new RangeError('a field number is too large');
    const number = Math.floor(tag.value / 8);
    const type = tag.value % 8;
    at = tag.end;
    if (type === 0) {
      const { value, end } = readVarint(bytes, at);
      at = end;
      yield { number, value, bytes: EMPTY };
      continue;
    }
    const length = type === 2 ? readVarint(bytes, at) : { value: FIXED_BYTES[type] ?? Infinity, end: at };
    at = length.end + length.value;
    if (number === 0 || at > bytes.length) throw new RangeError(`the message ends within field ${number}`);
    yield { number, value: 0, bytes: bytes.subarray(length.end, at) };
  }
}

/** A field that holds a text or a message. */
export function writeField(number: number, content: Uint8Array | string): Uint8Array {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return joinBytes([writeVarint(number * 8 + 2), writeVarint(bytes.length), bytes]);
}

/** A field that holds a whole number from 0 to 2^53. */
export function writeNumber(number: number, value: number): Uint8Array {
  return joinBytes([writeVarint(number * 8), writeVarint(value)]);
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Numbers beyond 2^53 (negative ones among them) lose their last digits. */
function readVarint(bytes: Uint8Array, start: number): { value: number; end: number } {
  let value = 0;
  for (let at = start; at < start + 10; at += 1) {
    const byte = bytes[at];
    if (byte === undefined) break;
    value += (byte % 128) * 2 ** (7 * (at - start));
    if (byte < 128) return { value, end: at + 1 };
  }
  throw new RangeError('the message ends within a number');
}

function writeVarint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Uint8Array.of(...bytes, rest);
}
