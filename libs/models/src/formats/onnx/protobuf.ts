import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** One field of a protobuf message: a number, or the bytes of a text, packed list or message. */
export interface ProtobufField {
  readonly number: number;
  /** Of a varint; 0 for other types. Beyond 2^53 it loses its last digits. */
  readonly value: number;
  /** A view; empty for numbers. */
  readonly bytes: Uint8Array;
  /** Where the field with its tag begins and ends in the message. */
  readonly start: number;
  readonly end: number;
}

const EMPTY = new Uint8Array(0);

/**
 * The fields of a message in their order (protobuf.dev, "Encoding"). Groups, which no format here uses, are refused.
 * @param bytes nothing of it is trusted; nothing is copied
 * @throws RangeError where a length leads out of the message, or a field is none
 */
export function* readFields(bytes: Uint8Array): Generator<ProtobufField> {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) yield readField(reader);
}

function readField(reader: BinaryReader): ProtobufField {
  const start = reader.pos;
  try {
    const [number, type] = reader.tag();
    if (type === WireType.StartGroup) throw new RangeError('groups are not read');
    const value = type === WireType.Varint ? Number(reader.uint64()) : 0;
    const bytes =
      type === WireType.Varint ? EMPTY : type === WireType.LengthDelimited ? reader.bytes() : reader.skip(type);
    return { number, value, bytes, start, end: reader.pos };
  } catch (error) {
    throw error instanceof RangeError ? error : new RangeError((error as Error).message);
  }
}

/** A field that holds a text or a message. */
export function writeField(number: number, content: Uint8Array | string): Uint8Array {
  const writer = new BinaryWriter().tag(number, WireType.LengthDelimited);
  return (typeof content === 'string' ? writer.string(content) : writer.bytes(content)).finish();
}

/** A field that holds a message, as parts that are joined later: nothing is copied. */
export function wrapParts(number: number, parts: readonly Uint8Array[]): Uint8Array[] {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return [new BinaryWriter().tag(number, WireType.LengthDelimited).uint32(length).finish(), ...parts];
}

/**
 * Whole numbers of a repeated field, which writers pack or not.
 * @param maxCount those after so many are not read
 * @throws RangeError for damaged ones
 */
export function readNumbers({ value, bytes }: ProtobufField, maxCount = Infinity): number[] {
  if (bytes.length === 0) return [value];
  const reader = new BinaryReader(bytes);
  const values: number[] = [];
  try {
    while (reader.pos < reader.len && values.length < maxCount) values.push(Number(reader.uint64()));
  } catch (error) {
    throw new RangeError((error as Error).message);
  }
  return values;
}

/** A field that holds a whole number from 0 to 2^53. */
export function writeNumber(number: number, value: number): Uint8Array {
  return new BinaryWriter().tag(number, WireType.Varint).uint64(value).finish();
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
