import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { ImageSource, PixelStore } from '@winnow/contracts';
import { resampleRegion, wholeRegion } from '@winnow/imaging';
import type { ChooseRegion } from '@winnow/imaging';
import { EncodedPictures } from './encoded-pictures';
import { closedFailure, readFailure } from './io-failure';
import { readMember } from './read-member';

/** Reads pictures of a set by row, wherever they are. */
export interface PixelReader {
  /**
   * Whole pictures at the set's size, in the order asked for.
   * @returns RGB, [rows, size, size, 3]
   * @throws WinnowError DATA_CORRUPT, FILE_NOT_FOUND
   */
  read(rows: ArrayLike<number>): Promise<Uint8Array>;
  /**
   * One region of one picture, resized to size x size.
   * @throws WinnowError as `read`
   */
  readRegion(row: number, choose: ChooseRegion, size: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** One picture of a store by its place there. */
type ReadRegion = (place: number, choose: ChooseRegion, size: number) => Promise<Uint8Array>;

/** Pictures on their way at once: enough to keep the decoder's threads and the disk busy. */
const AT_ONCE = 16;

/**
 * Opens the pictures of a set for reading. Node has no memory-mapped files: a file of pixels is read by position, and
 * the operating system's page cache keeps in memory what fits, as it would for a mapping.
 */
export function openPixels(images: ImageSource): PixelReader {
  const { size } = images;
  const rowPlaces = 'store' in images ? images.rows : null;
  const store: PixelStore = 'store' in images ? images.store : { kind: 'memory', size, pixels: images.pixels };
  const placeOf = (row: number): number => rowPlaces?.[row] ?? row;
  if (store.kind === 'memory') return memoryReader(store, size, placeOf);
  const source = store.kind === 'file' ? new PixelFile(store) : new EncodedPictures(store);
  const readRegion: ReadRegion = (place, choose, side) => source.readRegion(place, choose, side);
  return {
    read: (rows) => readAll(Array.from(rows, placeOf), size, readRegion),
    readRegion: (row, choose, side) => readRegion(placeOf(row), choose, side),
    close: () => source.close(),
  };
}

function memoryReader(
  store: PixelStore & { readonly kind: 'memory' },
  size: number,
  placeOf: (row: number) => number,
): PixelReader {
  const bytes = store.size * store.size * 3;
  const picture = (row: number): Uint8Array => {
    const from = placeOf(row) * bytes;
    return store.pixels.subarray(from, from + bytes);
  };
  const region = (row: number, choose: ChooseRegion, side: number): Uint8Array => {
    const image = { width: store.size, height: store.size, data: picture(row) };
    return resampleRegion(image, choose(store.size, store.size), side);
  };
  return {
    read: async (rows) => {
      const result = new Uint8Array(rows.length * size * size * 3);
      for (let index = 0; index < rows.length; index += 1) {
        const row = rows[index] as number;
        const pixels = store.size === size ? picture(row) : region(row, wholeRegion, size);
        result.set(pixels, index * size * size * 3);
      }
      return result;
    },
    readRegion: async (row, choose, side) => region(row, choose, side),
    close: async () => undefined,
  };
}

async function readAll(places: readonly number[], size: number, readRegion: ReadRegion): Promise<Uint8Array> {
  const bytes = size * size * 3;
  const result = new Uint8Array(places.length * bytes);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < places.length) {
      const index = next;
      next += 1;
      result.set(await readRegion(places[index] as number, wholeRegion, size), index * bytes);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, places.length) }, work));
  return result;
}

class PixelFile {
  readonly #store: PixelStore & { readonly kind: 'file' };
  #file: Promise<FileHandle> | null = null;
  #isClosed = false;

  constructor(store: PixelStore & { readonly kind: 'file' }) {
    this.#store = store;
  }

  async readRegion(place: number, choose: ChooseRegion, side: number): Promise<Uint8Array> {
    const { path, size, offset } = this.#store;
    if (this.#isClosed) throw closedFailure(path);
    this.#file ??= open(path, 'r').catch((error: unknown) => {
      throw readFailure(error, path, 'Run the same command again: it makes the file anew.');
    });
    const bytes = size * size * 3;
    const data = await readMember(await this.#file, offset + place * bytes, bytes, path);
    return resampleRegion({ width: size, height: size, data }, choose(size, size), side);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const file = await this.#file?.catch(() => null);
    this.#file = null;
    await file?.close();
  }
}
