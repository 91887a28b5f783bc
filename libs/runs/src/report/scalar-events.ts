import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
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
  const version = new BinaryWriter()
    .tag(1, WireType.Bit64)
    .double(startSeconds)
    .tag(3, WireType.LengthDelimited)
    .string('brain.Event:2')
    .finish();
  return new Uint8Array(Buffer.concat([version, ...events.map(encodeEvent)].map(frame)));
}

function encodeEvent({ tag, step, value, wallSeconds }: ScalarEvent): Uint8Array {
  return (
    new BinaryWriter()
      .tag(1, WireType.Bit64)
      .double(wallSeconds)
      .tag(2, WireType.Varint)
      .int64(step)
      .tag(5, WireType.LengthDelimited)
      .fork()
      .tag(1, WireType.LengthDelimited)
      .fork()
      .tag(1, WireType.LengthDelimited)
      .string(tag)
      .tag(2, WireType.Bit32)
      // A diverged loss may be beyond single precision.
      .float(Math.fround(value))
      .join()
      .join()
      .finish()
  );
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
