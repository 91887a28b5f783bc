import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { PicturePlace } from '@winnow/contracts';
import { WinnowError } from '@winnow/contracts';
import { readFailure, REBUILD_SHARD } from './io-failure';
import type { ReadingAnswer, ReadingOrder, ReadingStart } from './reading-thread';

/** Pictures by place. */
export interface PicturesToRead {
  /** Of the shards. */
  readonly folder: string;
  readonly places: readonly PicturePlace[];
  /** Indices of places, in the order wanted; repeats too. */
  readonly order: Int32Array;
  /** That read at once: more than one helps where the disk is slow. Default 1. */
  readonly threads?: number;
  /**
   * After so many further pictures the bytes of one become empty and their memory is used again: half the cost
   * where pictures are not decoded. Default: they stay for good.
   */
  readonly validFor?: number;
}

/** One message to a thread asks for so many pictures, or fewer where they pass so many bytes. */
const BATCH_PICTURES = 64;
const BATCH_BYTES = 4 << 20;
/** Asked for ahead of what is used, for each thread. */
const BATCHES_AHEAD = 2;

/**
 * Encoded pictures in any order, read ahead by threads whose blocking reads cost a fraction of Node's own; at most
 * threads x 2 batches of 64 pictures or 4 MiB are in memory beside the one in use.
 * @throws WinnowError DATA_CORRUPT with shard and offset where a shard ends too early, FILE_NOT_FOUND
 */
export async function* readPictures(pictures: PicturesToRead): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const { batch, bytes } of readPictureBatches(pictures)) {
    let from = 0;
    for (const index of batch) {
      const { length } = pictures.places[index] as PicturePlace;
      yield bytes.subarray(from, from + length);
      from += length;
    }
  }
}

/** Part of an order, and its pictures one after another. */
export interface PictureBatch {
  readonly batch: Int32Array;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** As `readPictures`, for whoever cuts the batches up. */
export async function* readPictureBatches(pictures: PicturesToRead): AsyncGenerator<PictureBatch, void, undefined> {
  if (pictures.order.length === 0) return;
  const reader = new PictureThreads(pictures);
  try {
    yield* reader.batches(pictures.order, pictures.validFor);
  } finally {
    await reader.close();
  }
}

/** Threads that read pictures of one set, for several orders one after another: starting them takes some 50 ms. */
export class PictureThreads {
  readonly #folder: string;
  readonly #places: readonly PicturePlace[];
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #threads: readonly ReadingThread[];

  constructor({ folder, places, threads = 1 }: Pick<PicturesToRead, 'folder' | 'places' | 'threads'>) {
    const shards = [...new Set(places.map(({ shard }) => shard))];
    const start: ReadingStart = { files: shards.map((shard) => path.join(folder, shard)) };
    this.#folder = folder;
    this.#places = places;
    this.#numbers = new Map(shards.map((shard, number) => [shard, number]));
    this.#threads = Array.from({ length: threads }, () => new ReadingThread(start));
  }

  /** @throws WinnowError as `readPictures` */
  async *batches(
    order: Int32Array,
    validFor = Number.POSITIVE_INFINITY,
  ): AsyncGenerator<PictureBatch, void, undefined> {
    const places = this.#places;
    const batches = cutBatches(places, order);
    const waiting: { readonly batch: Int32Array; readonly answer: Promise<ReadingAnswer> }[] = [];
    const memory = new UsedMemory(validFor);
    let asked = 0;
    const askNext = (): void => {
      const { value: batch } = batches.next();
      if (batch === undefined) return;
      const thread = this.#threads[asked % this.#threads.length] as ReadingThread;
      asked += 1;
      const question = { places: placesOf(batch, places, this.#numbers), memory: memory.take() };
      waiting.push({ batch, answer: thread.read(question) });
    };
    for (let count = 0; count < this.#threads.length * BATCHES_AHEAD; count += 1) askNext();
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { batch } = next;
      const answer = await next.answer;
      askNext();
      const bytes = picturesOf(answer, (at) => places[batch[at] as number] as PicturePlace, this.#folder);
      yield { batch, bytes };
      memory.give(bytes, batch.length);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }
}

function* cutBatches(places: readonly PicturePlace[], order: Int32Array): Generator<Int32Array, undefined> {
  for (let start = 0; start < order.length;) {
    let end = start;
    for (let bytes = 0; end < order.length && end < start + BATCH_PICTURES && bytes < BATCH_BYTES; end += 1) {
      bytes += (places[order[end] as number] as PicturePlace).length;
    }
    yield order.subarray(start, end);
    start = end;
  }
  return undefined;
}

/** Memory of batches that were used, to be used again once their pictures are old enough. */
class UsedMemory {
  readonly #validFor: number;
  readonly #used: { readonly memory: ArrayBuffer; readonly endsAt: number }[] = [];
  #pictures = 0;

  constructor(validFor: number) {
    this.#validFor = validFor;
  }

  give(bytes: Uint8Array<ArrayBuffer>, pictures: number): void {
    this.#pictures += pictures;
    if (Number.isFinite(this.#validFor)) this.#used.push({ memory: bytes.buffer, endsAt: this.#pictures });
  }

  take(): ArrayBuffer | null {
    const [oldest] = this.#used;
    if (oldest === undefined || this.#pictures - oldest.endsAt < this.#validFor) return null;
    this.#used.shift();
    return oldest.memory;
  }
}

function placesOf(
  batch: Int32Array,
  places: readonly PicturePlace[],
  numbers: ReadonlyMap<string, number>,
): ReadingOrder['places'] {
  const triples = new Float64Array(3 * batch.length);
  let at = 0;
  for (const index of batch) {
    const { shard, offset, length } = places[index] as PicturePlace;
    triples[at] = numbers.get(shard) as number;
    triples[at + 1] = offset;
    triples[at + 2] = length;
    at += 3;
  }
  return triples;
}

function picturesOf(
  answer: ReadingAnswer,
  placeAt: (at: number) => PicturePlace,
  folder: string,
): Uint8Array<ArrayBuffer> {
  if ('pictures' in answer) return answer.pictures;
  const { shard, offset } = placeAt(answer.failedAt);
  const file = path.join(folder, shard);
  if (answer.code !== null) throw readFailure({ code: answer.code }, file, REBUILD_SHARD);
  throw new WinnowError('DATA_CORRUPT', 'the file ends before the picture does', {
    where: `${file}, offset ${offset}`,
    next: REBUILD_SHARD,
  });
}

/** Answers in the order of the questions. */
class ReadingThread {
  readonly #worker: Worker;
  readonly #ended: Promise<void>;
  readonly #waiting: { resolve(answer: ReadingAnswer): void; reject(error: unknown): void }[] = [];
  /** Why it ended. */
  #failure: WinnowError | null = null;

  constructor(start: ReadingStart) {
    this.#worker = new Worker(path.join(__dirname, 'reading-thread.js'), { workerData: start });
    this.#worker.on('message', (answer: ReadingAnswer) => this.#waiting.shift()?.resolve(answer));
    this.#worker.on('error', (cause) => this.#fail(cause));
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#fail(undefined);
        resolve();
      });
    });
  }

  /** @throws WinnowError INTERNAL where the thread has ended, or ends before it answers */
  read(order: ReadingOrder): Promise<ReadingAnswer> {
    const answer = new Promise<ReadingAnswer>((resolve, reject) => {
      if (this.#failure === null) this.#waiting.push({ resolve, reject });
      else reject(this.#failure);
    });
    // Whoever waits for it gets its failure; until then it is nobody's.
    answer.catch(() => undefined);
    this.#worker.postMessage(order, [order.places.buffer, ...(order.memory === null ? [] : [order.memory])]);
    return answer;
  }

  /** Lets it end what it reads, and close its files. */
  async close(): Promise<void> {
    this.#worker.postMessage(null);
    await this.#ended;
  }

  #fail(cause: unknown): void {
    const failure = (this.#failure ??= new WinnowError('INTERNAL', 'a thread that reads pictures ended', {
      next: 'Run the same command again.',
      ...(cause === undefined ? {} : { cause }),
    }));
    for (const { reject } of this.#waiting.splice(0)) reject(failure);
  }
}
