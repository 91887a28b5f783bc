/** What a competitor of `npm run bench -- shards` is asked to do; tools of other languages read it as JSON. */
export interface ShardsTask {
  readonly action: 'write' | 'read';
  /** Read: in file order, or shuffled. Write: always in order. */
  readonly order: 'sequential' | 'shuffled';
  /** Images as RGB: decoded after reading, encoded before writing. Else as JPEG files. */
  readonly pixels: boolean;
  /** Processes of a competitor that has no threads of its own for it. */
  readonly cores: number;
  /** Of the shards. */
  readonly folder: string;
  /** Of the pool of images: `jpg.bin`, `rgb.bin` and `pool.json`. */
  readonly pool: string;
  /** In the shards. */
  readonly images: number;
  /** Of each shard. */
  readonly shardSamples: number;
  /** Least time to measure. */
  readonly minSeconds: number;
}

/** What a competitor says on stdout, as one line of JSON. */
export interface ShardsReply {
  /** In all epochs that were timed. */
  readonly samples: number;
  readonly wallSeconds: number;
  /** User and system, of all threads and processes. */
  readonly cpuSeconds: number;
  /** Sums over one epoch, equal for whoever read everything. */
  readonly labels: number;
  /** Of encoded images, bytes. */
  readonly imageBytes: number;
  /** Of the shards, when they were written. */
  readonly shardBytes: number;
}

/** pool.json: images in a row, repeated until there are enough. */
export interface ImagePool {
  /** Side, pixels. */
  readonly size: number;
  /** Of the JPEG files, bytes. */
  readonly lengths: readonly number[];
}

/** Encoded with this by both. */
export const SHARDS_JPEG_QUALITY = 90;
export const SHARDS_CLASSES = 10;
