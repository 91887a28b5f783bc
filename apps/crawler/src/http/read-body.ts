import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { BodyLease } from './body-memory';
import { BodySpool } from './body-spool';
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
  /** Of whoever asked: where it is aborted, nothing is kept. */
  readonly signal: AbortSignal | undefined;
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
  readonly spool: BodySpool;
  readonly isCut: boolean;
  /** What ended it early, other than its length. */
  readonly error?: unknown;
}

/**
 * Receives a body up to a number of bytes, still encoded. Of one that may be cut, what came before an error of the stream counts.
 * @throws errors of the stream, and of the file that a large body goes to
 */
export async function receiveBody(
  stream: Readable,
  { contentEncoding, maxBytes, overflow, lease, signal }: ReadBodyOptions,
): Promise<SentBody | HttpFailure> {
  if (encodingLayers(contentEncoding).length > MAX_LAYERS) {
    stream.destroy();
    return httpFailure('decode_error', 'body is encoded too many times');
  }
  const spool = new BodySpool(lease.freeBytes);
  const sink = new CappedSink(maxBytes, spool);
  try {
    await pipeline([stream, sink]);
  } catch (error) {
    if (!sink.overflow) {
      const isKept = overflow === 'cut' && signal?.aborted !== true && (await sink.isWritten());
      if (isKept) return { spool, isCut: true, error };
      spool.drop();
      throw error;
    }
  } finally {
    stream.destroy();
  }
  if (sink.overflow && overflow === 'fail') return tooLarge(spool);
  return { spool, isCut: sink.overflow };
}

/**
 * Takes what was received into memory and decodes it, up to a number of bytes; few bodies at once, as one of a few
 * kilobytes may become the largest that is allowed. Only whole bodies wait here: no host can hold up those of others.
 */
export async function openBody(
  { spool, isCut }: SentBody,
  { contentEncoding, maxBytes, overflow, lease }: ReadBodyOptions,
): Promise<Buffer | HttpFailure> {
  const layers = encodingLayers(contentEncoding);
  if (spool.length > lease.freeBytes) await lease.large();
  const bytes = await spool.take();
  if (layers.length === 0 || bytes.length === 0) return bytes;
  await lease.decode();
  const decoders = layers.flatMap((name) => DECODERS[name]?.(isCut) ?? []);
  const collector = new ByteCollector(maxBytes);
  const sink = new CappedSink(maxBytes, collector);
  try {
    await pipeline([Readable.from([bytes]), ...decoders, sink]);
  } catch (error) {
    if (!sink.overflow) {
      collector.drop();
      return decoderFailure(error, contentEncoding);
    }
  }
  return sink.overflow && overflow === 'fail' ? tooLarge(collector) : collector.take();
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

type Collector = Pick<BodySpool, 'length' | 'drop'> & { append(piece: Uint8Array): Promise<void> | undefined | void };

function tooLarge(collector: Collector): HttpFailure {
  const { length } = collector;
  collector.drop();
  return httpFailure('too_large', `body is longer than ${length} bytes`);
}

/** Keeps the first bytes; ends the pipeline with an error when there are more. */
class CappedSink extends Writable {
  readonly #collector: Collector;
  readonly #maxBytes: number;
  #writing: Promise<void> | undefined;
  overflow = false;

  constructor(maxBytes: number, collector: Collector) {
    super();
    this.#collector = collector;
    this.#maxBytes = maxBytes;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    const room = this.#maxBytes - this.#collector.length;
    this.overflow = chunk.length > room;
    const end = (): void => done(this.overflow ? new Error('longer than allowed') : undefined);
    const writing = this.#collector.append(chunk.subarray(0, room));
    if (writing === undefined) return end();
    this.#writing = writing;
    void writing.then(end, done);
  }

  /** Resolves when the collector is at rest, to whether it has all that was given to it. */
  async isWritten(): Promise<boolean> {
    const [writing] = await Promise.allSettled([this.#writing]);
    return writing.status === 'fulfilled';
  }
}

/** What a decoder's error means. */
function decoderFailure(error: unknown, contentEncoding: string | undefined): HttpFailure {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'Z_BUF_ERROR') return httpFailure('truncated', 'compressed body ends too early', { transient: true });
  return httpFailure('decode_error', `body is not valid ${contentEncoding ?? ''}`);
}
