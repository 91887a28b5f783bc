import path from 'node:path';
import { type PicturePlace, type PixelStore, WinnowError } from '@winnow/contracts';
import { centredSquare, decodeRegion, wholeRegion } from '@winnow/imaging';
import type { ChooseRegion } from '@winnow/imaging';
import { readMember } from './read-member';
import { ShardReader } from './shard-reader';

/** Pictures passed the harvest's limits or are the person's own; these only guard against a damaged file. */
const LIMITS = { maxPixels: 100_000_000, minSide: 1, maxAspectRatio: Infinity };
/** With more files than this, as in a folder of single pictures, each is opened for its reading only. */
const MOST_OPEN_FILES = 256;

/** Encoded pictures by place, decoded region by region in the image library's own threads. */
export class EncodedPictures {
  readonly #store: PixelStore & { readonly kind: 'encoded' };
  readonly #reader: ShardReader;
  readonly #keepsOpen: boolean;

  constructor(store: PixelStore & { readonly kind: 'encoded' }) {
    this.#store = store;
    this.#reader = new ShardReader(store.folder);
    this.#keepsOpen = new Set(store.pictures.map(({ shard }) => shard)).size <= MOST_OPEN_FILES;
  }

  /** @throws WinnowError DATA_CORRUPT with file and offset */
  async readRegion(place: number, choose: ChooseRegion, size: number): Promise<Uint8Array> {
    const picture = this.#store.pictures[place] as PicturePlace;
    const { shard, offset, length } = picture;
    const file = path.join(this.#store.folder, shard);
    const bytes = this.#keepsOpen ? await this.#reader.read(picture) : await readMember(file, offset, length);
    const chosen = choose === wholeRegion && picture.whole === 'centre' ? centredSquare : choose;
    const decoded = await decodeRegion(bytes, { choose: chosen, size, limits: LIMITS });
    if (decoded.ok) return decoded.data;
    throw new WinnowError('DATA_CORRUPT', `A picture of the data set is damaged: ${decoded.detail}`, {
      where: `${file}, offset ${offset}`,
      next: 'Remove or replace it, or build the data set again.',
    });
  }

  close(): Promise<void> {
    return this.#reader.close();
  }
}
