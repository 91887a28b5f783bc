import { Writable } from 'node:stream';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { httpFailure } from './http-result';
import type { HttpFailure } from './http-result';

export interface ReadBodyOptions {
  readonly contentEncoding: string | undefined;
  /** Of the decoded body. */
  readonly maxBytes: number;
  /** What to do with a longer one: give up, or keep its start. */
  readonly overflow: 'fail' | 'cut';
}

const DECODERS: Readonly<Record<string, () => NodeJS.ReadWriteStream>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};
/** More layers than this are an attack. */
const MAX_LAYERS = 3;

/** Reads and decodes a body up to a number of decoded bytes. Errors of the stream itself are thrown. */
export async function readBody(stream: Readable, options: ReadBodyOptions): Promise<Buffer | HttpFailure> {
  const layers = (options.contentEncoding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => Object.hasOwn(DECODERS, name))
    .reverse();
  if (layers.length > MAX_LAYERS) {
    stream.destroy();
    return httpFailure('decode_error', `body is encoded ${layers.length} times`);
  }
  const decoders = layers.flatMap((name) => DECODERS[name]?.() ?? []);
  const sink = new CappedSink(options.maxBytes);
  try {
    await pipeline([stream, ...decoders, sink]);
  } catch (error) {
    if (!sink.overflow) return decoderFailure(error, options.contentEncoding);
  } finally {
    stream.destroy();
  }
  if (sink.overflow && options.overflow === 'fail') {
    return httpFailure('too_large', `body is longer than ${options.maxBytes} bytes`);
  }
  return Buffer.concat(sink.chunks);
}

/** Keeps the first bytes; ends the pipeline with an error when there are more. */
class CappedSink extends Writable {
  readonly chunks: Buffer[] = [];
  overflow = false;
  #room: number;

  constructor(maxBytes: number) {
    super();
    this.#room = maxBytes;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    this.chunks.push(chunk.length > this.#room ? chunk.subarray(0, this.#room) : chunk);
    this.overflow = chunk.length > this.#room;
    this.#room -= chunk.length;
    done(this.overflow ? new Error('longer than allowed') : undefined);
  }
}

/** What a decoder's error means; errors of the connection are thrown on. */
function decoderFailure(error: unknown, contentEncoding: string | undefined): HttpFailure {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'Z_BUF_ERROR') return httpFailure('truncated', 'compressed body ends too early', { transient: true });
  if (typeof code === 'string' && /^(?:Z_|ERR_BROTLI|ERR__|ERR_PADDING)/.test(code)) {
    return httpFailure('decode_error', `body is not valid ${contentEncoding ?? ''}`);
  }
  throw error;
}
