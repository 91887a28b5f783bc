/** Labelled square images of one size, wherever their pixels are. */
export interface ImageList {
  readonly count: number;
  /** Side of the square images, pixels. */
  readonly size: number;
  /** Stable name of each image, [count]. */
  readonly keys: readonly string[];
  /** Index of the given (noisy) label, [count]. For a test set: the true label. */
  readonly labels: Int32Array;
  readonly classes: readonly string[];
}

/** Decoded images of one size in memory. */
export interface ImageSet extends ImageList {
  /** RGB, shape [count, size, size, 3], row-major. On shared memory, worker threads read it without a copy. */
  readonly pixels: Uint8Array;
}

/** Images that are read when they are needed; `size` is the side that they are given out at, whatever is stored. */
export interface StoredImages extends ImageList {
  readonly store: PixelStore;
  /** Place in the store of each image, [count]; null: 0, 1, ... */
  readonly rows: Int32Array | null;
}

/** What learning code works on. */
export type ImageSource = ImageSet | StoredImages;

/** Where pixels are; plain data, so that a worker thread can open them too. */
export type PixelStore =
  | {
      readonly kind: 'memory';
      /** Side of the images in it, pixels. */
      readonly size: number;
      /** RGB, [images, size, size, 3]. */
      readonly pixels: Uint8Array;
    }
  | {
      readonly kind: 'file';
      readonly size: number;
      readonly path: string;
      /** Of the first pixel, bytes; the rest follows as in memory. */
      readonly offset: number;
    }
  | {
      readonly kind: 'encoded';
      /** Folder that the files are in. */
      readonly folder: string;
      readonly images: readonly ImageLocation[];
    };

/** Where an encoded image lies. */
export interface ImageLocation {
  /** File name, of a shard for instance. */
  readonly shard: string;
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
  /** What counts as the whole image: its centred square. Left out: all of it, made square. */
  readonly whole?: 'centre';
}
