import path from 'node:path';
import { WinnowError } from '@winnow/contracts';
import { ThreadPool } from '@winnow/files';
import { HASH_JOIN_PARTS, joinHashes } from '../hashes/join-hashes';
import type { HashJoin } from '../hashes/join-hashes';
import { joinVectors, VECTOR_JOIN_PARTS } from '../vectors/join-vectors';
import type { VectorJoin } from '../vectors/join-vectors';
import { PairSink } from './pair-sink';

export type Join = HashJoin | VectorJoin;

/** What a joining thread is started with. */
export interface JoinStart {
  readonly join: Join;
  /** Next part to take, and full chunks of pairs found so far; shared. */
  readonly control: Int32Array;
  readonly pairLimit: number;
}

export type PairChunks = readonly Uint32Array<ArrayBuffer>[];

/**
 * Finds the pairs of a join, each once, in no particular order.
 * @param workers threads; 1: in this one
 * @returns interleaved rows; null where there are more pairs than `pairLimit`, whatever the number of threads
 * @throws WinnowError INTERNAL where a thread ends early
 */
export async function joinInThreads(join: Join, workers: number, pairLimit: number): Promise<PairChunks | null> {
  const start: JoinStart = { join: workers > 1 ? shared(join) : join, control: sharedControl(), pairLimit };
  const found = workers > 1 ? await takePartsInThreads(start, workers) : takeParts(start);
  const pairs = found.reduce((sum, chunk) => sum + chunk.length / 2, 0);
  return pairs > pairLimit || sinkOf(start).isOverLimit ? null : found;
}

/** Takes parts of a join until none is left. */
export function takeParts(start: JoinStart): PairChunks {
  const { join, control } = start;
  const sink = sinkOf(start);
  const parts = join.kind === 'hashes' ? HASH_JOIN_PARTS : VECTOR_JOIN_PARTS;
  for (;;) {
    const part = Atomics.add(control, 0, 1);
    if (part >= parts || sink.isOverLimit) return sink.chunks();
    if (join.kind === 'hashes') joinHashes(join, part, sink);
    else joinVectors(join, part, sink);
  }
}

function sinkOf({ control, pairLimit }: JoinStart): PairSink {
  return new PairSink(control.subarray(1), pairLimit);
}

function sharedControl(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
}

function shared(join: Join): Join {
  if (join.kind === 'hashes') return { ...join, words: onSharedMemory(join.words) };
  const { vectors, heads, rows } = join;
  return { ...join, vectors: onSharedMemory(vectors), heads: onSharedMemory(heads), rows: onSharedMemory(rows) };
}

function onSharedMemory<T extends Uint32Array | Float32Array>(values: T): T {
  const copy = new (values.constructor as new (buffer: SharedArrayBuffer) => T)(
    new SharedArrayBuffer(values.byteLength),
  );
  copy.set(values);
  return copy;
}

/** Where one thread fails, the others end, too. */
async function takePartsInThreads(start: JoinStart, workers: number): Promise<PairChunks> {
  const pool = new ThreadPool<null, PairChunks>({
    file: path.join(__dirname, 'joining-thread.js'),
    threads: workers,
    workerData: start,
    toError: lostThread,
  });
  try {
    return (await Promise.all(Array.from({ length: workers }, () => pool.run(null)))).flat();
  } finally {
    await pool.close(lostThread());
  }
}

function lostThread(cause?: unknown): WinnowError {
  return new WinnowError('INTERNAL', 'a thread that compares images ended', {
    next: 'Run the same command again; with one worker no thread is needed.',
    cause,
  });
}
