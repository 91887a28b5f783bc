import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { BodyLease } from './body-memory';
import { ByteCollector } from './byte-collector';
import { httpFailure } from './http-result';
import type { HttpFailure } from './http-result';

export interface ReadBodyOptions {
  readonly contentEncoding: string | undefined;
  /** Of the body as it is sent, and of the decoded one. */
  readonly maxBytes: number;
  /** What to do with a longer one: give up, or keep its start. */
  readonly overflow: 'fail' | 'cut';
  readonly lease: BodyLease;
}

const CHUNK = { chunkSize: 65_536 };
const DECODERS: Readonly<Record<string, (isCut: boolean) => NodeJS.ReadWriteStream>> = {
  gzip: (isCut) => createGunzip({ ...CHUNK, ...(isCut ? { finishFlush: constants.Z_SYNC_FLUSH } : {}) }),
  deflate: (isCut) => createInflate({ ...CHUNK, ...(isCut ? { finishFlush: constants.Z_SYNC_FLUSH } : {}) }),
  br: (isCut) =>
    createBrotliDecompress({ ...CHUNK, ...(isCut ? { finishFlush: constants.BROTLI_OPERATION_FLUSH } : {}) }),
};
/** More layers than this are an attack. */
const MAX_LAYERS = 2;

/** A body as it was sent: all of it, or its start. */
interface SentBody {
  readonly bytes: Buffer;
  readonly isCut: boolean;
}

/**
 * Receives a body up to a number of bytes, still encoded, at the pace that the lease allows.
 * @throws errors of the stream
 */
export async function receiveBody(
  stream: Readable,
  { contentEncoding, maxBytes, overflow, lease }: ReadBodyOptions,
): Promise<SentBody | HttpFailure> {
  if (encodingLayers(contentEncoding).length > MAX_LAYERS) {
    stream.destroy();
    return httpFailure('decode_error', 'body is encoded too many times');
  }
  const sink = new CappedSink(maxBytes, (bytes) => lease.grow(bytes));
  try {
    await pipeline([stream, sink]);
  } catch (error) {
    if (!sink.overflow) throw error;
  } finally {
    stream.destroy();
  }
  if (sink.overflow && overflow === 'fail') return tooLarge(sink);
  return { bytes: sink.collector.take(), isCut: sink.overflow };
}

/**
 * Decodes what was received, up to a number of bytes; few bodies at once, as one of a few kilobytes may become the largest
 * that is allowed.
 */
export async function decodeBody(
  { bytes, isCut }: SentBody,
  { contentEncoding, maxBytes, overflow, lease }: ReadBodyOptions,
): Promise<Buffer | HttpFailure> {
  const layers = encodingLayers(contentEncoding);
  if (layers.length === 0 || bytes.length === 0) return bytes;
  await lease.decode();
  const decoders = layers.flatMap((name) => DECODERS[name]?.(isCut) ?? []);
  const sink = new CappedSink(maxBytes, () => undefined);
  try {
    await pipeline([Readable.from([bytes]), ...decoders, sink]);
  } catch (error) {
    if (!sink.overflow) return decoderFailure(error, contentEncoding);
  }
  return sink.overflow && overflow === 'fail' ? tooLarge(sink) : sink.collector.take();
}

/** Encodings in the order in which they are undone; those that nobody knows are passed over. */
function encodingLayers(contentEncoding = ''): readonly string[] {
  return contentEncoding
    .toLowerCase()
    .split(',')
    .map((name) => name.trim().replace(/^x-gzip$/, 'gzip'))
    .filter((name) => Object.hasOwn(DECODERS, name))
    .reverse();
}

function tooLarge({ collector }: CappedSink): HttpFailure {
  const { length } = collector;
  collector.drop();
  return httpFailure('too_large', `body is longer than ${length} bytes`);
}

/** Keeps the first bytes; ends the pipeline with an error when there are more. */
class CappedSink extends Writable {
  readonly collector: ByteCollector;
  readonly #maxBytes: number;
  readonly #grow: (bytes: number) => Promise<void> | undefined;
  overflow = false;

  /** @param grow told the number of bytes so far; what it returns is waited for */
  constructor(maxBytes: number, grow: (bytes: number) => Promise<void> | undefined) {
    super();
    this.collector = new ByteCollector(maxBytes);
    this.#maxBytes = maxBytes;
    this.#grow = grow;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    const room = this.#maxBytes - this.collector.length;
    this.collector.append(chunk.subarray(0, room));
    this.overflow = chunk.length > room;
    if (this.overflow) return done(new Error('longer than allowed'));
    const waiting = this.#grow(this.collector.length);
    if (waiting === undefined) return done();
    void waiting.then(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (error !== null && !this.overflow) this.collector.drop();
    done(error);
  }
}

/** What a decoder's error means. */
function decoderFailure(error: unknown, contentEncoding: string | undefined): HttpFailure {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'Z_BUF_ERROR') return httpFailure('truncated', 'compressed body ends too early', { transient: true });
  return httpFailure('decode_error', `body is not valid ${contentEncoding ?? ''}`);
}
