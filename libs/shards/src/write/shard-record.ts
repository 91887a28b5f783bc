import type { SampleRecord } from '@winnow/contracts';

/** File name endings of images in a shard; all but the first two are of images that were imported as they are. */
export const IMAGE_EXTENSIONS = ['jpg', 'png', 'webp', 'gif', 'avif', 'tif', 'bmp'] as const;

export type ImageExtension = (typeof IMAGE_EXTENSIONS)[number];

/** A sample on its way into a shard. */
export interface ShardSample {
  /** Written as `<key>.json`; `label` as `<key>.cls`. Keys are letters, digits, `-` and `_`. */
  readonly record: SampleRecord;
  readonly extension: ImageExtension;
  /** The encoded image. */
  readonly bytes: Uint8Array;
}

/** Where a sample's image lies in a shard. */
export interface ShardEntry {
  readonly key: string;
  readonly extension: ImageExtension;
  /** Of the image's first byte in the tar. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
}

/** A finished shard. */
export interface ShardRecord {
  /** File name, without folder. */
  readonly name: string;
  readonly sha256: string;
  /** For the wids index, which knows no other digest. */
  readonly md5: string;
  readonly sizeBytes: number;
  /** In file order. */
  readonly entries: readonly ShardEntry[];
}
