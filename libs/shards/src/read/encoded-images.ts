import path from 'node:path';
import { type ImageLocation, type PixelStore, WinnowError } from '@winnow/contracts';
import { centredSquare, DECODE_LIMITS, decodeRegion, wholeRegion } from '@winnow/imaging';
import type { ChooseRegion } from '@winnow/imaging';
import { readMember } from './read-member';
import { ShardReader } from './shard-reader';

/** With more files than this, as in a folder of single images, each is opened for its reading only. */
const MAX_OPEN_FILES = 256;

/** Encoded images by place, decoded region by region in the image library's own threads. */
export class EncodedImages {
  readonly #store: PixelStore & { readonly kind: 'encoded' };
  readonly #reader: ShardReader;
  readonly #keepsOpen: boolean;

  constructor(store: PixelStore & { readonly kind: 'encoded' }) {
    this.#store = store;
    this.#reader = new ShardReader(store.folder);
    this.#keepsOpen = new Set(store.images.map(({ shard }) => shard)).size <= MAX_OPEN_FILES;
  }

  /** @throws WinnowError DATA_CORRUPT with file and offset */
  async readRegion(location: number, choose: ChooseRegion, size: number, into?: Uint8Array): Promise<Uint8Array> {
    const image = this.#store.images[location] as ImageLocation;
    const { shard, offset, length } = image;
    const file = path.join(this.#store.folder, shard);
    const bytes = this.#keepsOpen ? await this.#reader.read(image) : await readMember(file, offset, length);
    const chosen = choose === wholeRegion && image.whole === 'centre' ? centredSquare : choose;
    const decoded = await decodeRegion(bytes, { choose: chosen, size, limits: DECODE_LIMITS, into });
    if (decoded.ok) return decoded.data;
    throw new WinnowError('DATA_CORRUPT', `An image of the data set is damaged: ${decoded.detail}`, {
      where: `${file}, offset ${offset}`,
      next: 'Remove or replace it, or build the data set again.',
    });
  }

  close(): Promise<void> {
    return this.#reader.close();
  }
}
