import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { forEachAtOnce } from '@winnow/contracts';
import type { ImageSource, PixelStore } from '@winnow/contracts';
import { lookUpBytes, resampleFast, wholeRegion } from '@winnow/imaging';
import type { ChooseRegion } from '@winnow/imaging';
import { EncodedImages } from './encoded-images';
import { closedFailure, readFailure } from '../io-failure';
import { readMember } from './read-member';

/** Reads images of a set by row, wherever they are. */
export interface PixelReader {
  /**
   * Whole images at the set's size, in the order asked for.
   * @returns RGB, [rows, size, size, 3]
   * @throws WinnowError DATA_CORRUPT, FILE_NOT_FOUND
   */
  read(rows: ArrayLike<number>): Promise<Uint8Array>;
  /**
   * One region of one image, resized to size x size.
   * @param into memory for it, which is used where that saves a copy; its bytes are lost in any case
   * @returns RGB, [size, size, 3]: `into`, or memory of its own
   * @throws WinnowError as `read`
   */
  readRegion(row: number, choose: ChooseRegion, size: number, into?: Uint8Array): Promise<Uint8Array>;
  /**
   * Floats of bytes in RGB, each by the table of its channel.
   * @param tables of red, green and blue, [3, 256]
   * @param into where to, as many values
   */
  lookUp(pixels: Uint8Array, tables: Float32Array, into: Float32Array): Promise<void>;
  close(): Promise<void>;
}

/** One image of a store by its place there. */
type ReadRegion = (location: number, choose: ChooseRegion, size: number, into?: Uint8Array) => Promise<Uint8Array>;

/** Images on their way at once: enough to keep the decoder's threads and the disk busy. */
const AT_ONCE = 16;

/**
 * Opens the images of a set for reading. Node has no memory-mapped files: a file of pixels is read by position, and
 * the operating system's page cache keeps in memory what fits, as it would for a mapping.
 */
export function openPixels(images: ImageSource): PixelReader {
  const { size } = images;
  const rowIndices = 'store' in images ? images.rows : null;
  const store: PixelStore = 'store' in images ? images.store : { kind: 'memory', size, pixels: images.pixels };
  const locationOf = (row: number): number => rowIndices?.[row] ?? row;
  if (store.kind === 'memory') return memoryReader(store, size, locationOf);
  const source = store.kind === 'file' ? new PixelFile(store) : new EncodedImages(store);
  const readRegion: ReadRegion = (...region) => source.readRegion(...region);
  return {
    read: (rows) => readAll(Array.from(rows, locationOf), size, readRegion),
    readRegion: (row, ...region) => readRegion(locationOf(row), ...region),
    lookUp: lookUpBytes,
    close: () => source.close(),
  };
}

function memoryReader(
  store: PixelStore & { readonly kind: 'memory' },
  size: number,
  locationOf: (row: number) => number,
): PixelReader {
  const bytes = store.size * store.size * 3;
  const pixelsOf = (row: number): Uint8Array => {
    const from = locationOf(row) * bytes;
    return store.pixels.subarray(from, from + bytes);
  };
  const region: ReadRegion = (row, choose, side, into) => {
    const image = { width: store.size, height: store.size, data: pixelsOf(row) };
    return resampleFast(image, choose(store.size, store.size), { size: side, into });
  };
  return {
    read: async (rows) => {
      const result = new Uint8Array(rows.length * size * size * 3);
      for (let index = 0; index < rows.length; index += 1) {
        const row = rows[index] as number;
        const pixels = store.size === size ? pixelsOf(row) : await region(row, wholeRegion, size);
        result.set(pixels, index * size * size * 3);
      }
      return result;
    },
    readRegion: region,
    lookUp: lookUpBytes,
    close: async () => undefined,
  };
}

async function readAll(locations: readonly number[], size: number, readRegion: ReadRegion): Promise<Uint8Array> {
  const bytes = size * size * 3;
  const result = new Uint8Array(locations.length * bytes);
  await forEachAtOnce(locations.entries(), { atOnce: AT_ONCE }, async ([index, location]) => {
    const into = result.subarray(index * bytes, (index + 1) * bytes);
    const found = await readRegion(location, wholeRegion, size, into);
    if (found !== into) into.set(found);
  });
  return result;
}

class PixelFile {
  readonly #store: PixelStore & { readonly kind: 'file' };
  #file: Promise<FileHandle> | null = null;
  #isClosed = false;

  constructor(store: PixelStore & { readonly kind: 'file' }) {
    this.#store = store;
  }

  async readRegion(...[location, choose, side, into]: Parameters<ReadRegion>): Promise<Uint8Array> {
    const { path, size, offset } = this.#store;
    if (this.#isClosed) throw closedFailure(path);
    this.#file ??= open(path, 'r').catch((error: unknown) => {
      throw readFailure(error, path, 'Run the same command again: it makes the file anew.');
    });
    const bytes = size * size * 3;
    const data = await readMember(await this.#file, offset + location * bytes, bytes, path);
    return resampleFast({ width: size, height: size, data }, choose(size, size), { size: side, into });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const file = await this.#file?.catch(() => null);
    this.#file = null;
    await file?.close();
  }
}
