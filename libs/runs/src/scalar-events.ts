import { maskedCrc32c } from './crc32c';

/** One point of one curve for TensorBoard. */
export interface ScalarEvent {
  /** Name of the curve; a slash groups curves. */
  readonly tag: string;
  readonly step: number;
  readonly value: number;
  /** Seconds since 1970. */
  readonly wallSeconds: number;
}

/**
 * A whole `events.out.tfevents.*` file: a version record, then one record a point.
 * Framing: TFRecord (length, masked CRC-32C of the length, data, masked CRC-32C of the data; little-endian).
 * Data: the protocol buffers `Event { 1: wall_time, 2: step, 3: file_version, 5: summary }` and
 * `Summary { 1: value { 1: tag, 2: simple_value } }` of TensorFlow's event.proto and summary.proto.
 */
export function encodeScalarEvents(events: readonly ScalarEvent[], startSeconds: number): Uint8Array {
  const version = concat([doubleField(1, startSeconds), stringField(3, 'brain.Event:2')]);
  return concat([frame(version), ...events.map((event) => frame(encodeEvent(event)))]);
}

function encodeEvent({ tag, step, value, wallSeconds }: ScalarEvent): Uint8Array {
  const scalar = concat([stringField(1, tag), floatField(2, value)]);
  const summary = bytesField(1, scalar);
  return concat([doubleField(1, wallSeconds), varintField(2, step), bytesField(5, summary)]);
}

function frame(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(data.length + 16);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc32c(data), true);
  return record;
}

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt(value);
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return Uint8Array.from([...bytes, Number(rest)]);
}

function tagged(field: number, wireType: number, payload: Uint8Array): Uint8Array {
  return concat([varint(field * 8 + wireType), payload]);
}

function varintField(field: number, value: number): Uint8Array {
  return tagged(field, VARINT, varint(value));
}

function doubleField(field: number, value: number): Uint8Array {
  const payload = new Uint8Array(8);
  new DataView(payload.buffer).setFloat64(0, value, true);
  return tagged(field, FIXED64, payload);
}

function floatField(field: number, value: number): Uint8Array {
  const payload = new Uint8Array(4);
  new DataView(payload.buffer).setFloat32(0, value, true);
  return tagged(field, FIXED32, payload);
}

function bytesField(field: number, payload: Uint8Array): Uint8Array {
  return tagged(field, LENGTH_DELIMITED, concat([varint(payload.length), payload]));
}

function stringField(field: number, text: string): Uint8Array {
  return bytesField(field, new TextEncoder().encode(text));
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
