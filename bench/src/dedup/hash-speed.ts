import { encodeJpeg, pdqHash, resizeRgb } from '@winnow/imaging';
import { median } from '../harness/figures';
import { decodeOwnPicture } from '@winnow/trainer/bench';
import type { PoolImage } from './image-set';

/** Milliseconds for a picture of 512 x 512 pixels, one after the other on one thread of ours; medians. */
export interface HashSpeed {
  /** From decoded pixels. */
  readonly pdqMillis: number;
  /** From a JPEG file in memory to pixels. */
  readonly decodeMillis: number;
}

const SIDE = 512;
const QUALITY = 90;
const PICTURES = 48;

/** Times PDQ beside decoding, on pictures of one size. */
export async function measureHashSpeed(pictures: readonly PoolImage[]): Promise<HashSpeed> {
  const decodeMillis: number[] = [];
  const pdqMillis: number[] = [];
  for (const picture of pictures.slice(0, PICTURES)) {
    const large = await resizeRgb(await decodeOwnPicture(await picture.read(), picture.name), SIDE, 'squash');
    const bytes = await encodeJpeg(large, QUALITY, '4:2:0');
    const start = performance.now();
    const image = await decodeOwnPicture(bytes, picture.name);
    const decoded = performance.now();
    pdqHash(image);
    pdqMillis.push(performance.now() - decoded);
    decodeMillis.push(decoded - start);
  }
  return { pdqMillis: median(pdqMillis), decodeMillis: median(decodeMillis) };
}
