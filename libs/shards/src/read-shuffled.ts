import type { PicturePlace } from '@winnow/contracts';
import { epochOrder } from './epoch-order';
import { readPictureBatches } from './read-pictures';
import type { PictureThreads } from './read-pictures';

/** A data set to read. */
export interface ShuffledSet<T extends PicturePlace> {
  /** Of the shards. */
  readonly folder: string;
  /** Such as the lines of samples.jsonl (`loadManifest`); their order is part of what decides the shuffle. */
  readonly samples: readonly T[];
}

/** An epoch, or what is left of it. */
export interface EpochPart {
  readonly seed: number | string;
  /** From 1. */
  readonly epoch: number;
  /** Samples of the epoch that were used already: the rest is what the epoch had given after them. Default 0. */
  readonly from?: number;
  /** Threads that read. Default 1. */
  readonly threads?: number;
  /** As of `readPictures`. */
  readonly validFor?: number;
  /** Of the same set, for many short epochs: it stays open. Default: threads for this epoch only. */
  readonly reader?: PictureThreads;
}

/** A sample with its picture. */
export interface ReadSample<T> {
  /** In the epoch, from 0; to go on after it, `from` is one more. */
  readonly position: number;
  readonly sample: T;
  /** The encoded picture; a view on a few MiB that stay in memory as long as it: copy what is kept for long. */
  readonly bytes: Uint8Array;
}

/**
 * Every sample of a data set once, in an order that (seed, epoch) alone decide: a full shuffle over all shards, by random
 * access. Nothing is kept of the order's way so far, so that an epoch goes on exactly wherever it stopped, on any
 * machine.
 * @throws WinnowError DATA_CORRUPT with shard and offset, FILE_NOT_FOUND
 */
export async function* readShuffled<T extends PicturePlace>(
  { folder, samples }: ShuffledSet<T>,
  { seed, epoch, from = 0, reader, ...reading }: EpochPart,
): AsyncGenerator<ReadSample<T>, void, undefined> {
  const order = epochOrder(samples.length, seed, epoch).subarray(from);
  let position = from;
  const batches =
    reader?.batches(order, reading.validFor) ?? readPictureBatches({ folder, places: samples, order, ...reading });
  for await (const { batch, bytes } of batches) {
    let start = 0;
    for (const index of batch) {
      const sample = samples[index] as T;
      yield { position, sample, bytes: bytes.subarray(start, start + sample.length) };
      position += 1;
      start += sample.length;
    }
  }
}
