import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { EpochMetrics } from '@winnow/contracts';

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

/** The curves of a run as TensorBoard points, one a quantity and epoch; the step is the epoch. */
export function epochEvents(metrics: readonly EpochMetrics[], startSeconds: number): ScalarEvent[] {
  let wallSeconds = startSeconds;
  return metrics.flatMap((epoch) => {
    wallSeconds += epoch.seconds;
    const at = { step: epoch.epoch, wallSeconds };
    const events: ScalarEvent[] = [
      { ...at, tag: 'loss/total', value: epoch.loss },
      { ...at, tag: 'learning_rate', value: epoch.learningRate },
    ];
    for (const [part, value] of Object.entries(epoch.parts)) events.push({ ...at, tag: `loss/${part}`, value });
    if (epoch.accuracy !== undefined) events.push({ ...at, tag: 'accuracy/test', value: epoch.accuracy });
    return events;
  });
}

const TABLE = buildTable();

/** CRC-32C (Castagnoli, RFC 3720 appendix B.4), as an unsigned 32-bit number. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** The masked form that TFRecord stores, so that a CRC over data holding CRCs stays useful. */
export function maskedCrc32c(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

function buildTable(): Uint32Array {
  const reflectedPolynomial = 0x82f63b78;
  return Uint32Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ reflectedPolynomial : value >>> 1;
    return value >>> 0;
  });
}
