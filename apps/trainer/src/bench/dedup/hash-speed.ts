import { WinnowError } from '@winnow/contracts';
import { decodeImage, encodeJpeg, pdqHash, resizeRgb } from '@winnow/imaging';
import { median } from '../compare-contenders';
import { OWN_PICTURE_LIMITS } from '../../pictures/own-picture-limits';
import type { PoolPicture } from './picture-set';

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
export async function measureHashSpeed(pictures: readonly PoolPicture[]): Promise<HashSpeed> {
  const decodeMillis: number[] = [];
  const pdqMillis: number[] = [];
  for (const picture of pictures.slice(0, PICTURES)) {
    const large = await resizeRgb(await decode(await picture.read()), SIDE, 'squash');
    const bytes = await encodeJpeg(large, QUALITY, '4:2:0');
    const start = performance.now();
    const image = await decode(bytes);
    const decoded = performance.now();
    pdqHash(image);
    pdqMillis.push(performance.now() - decoded);
    decodeMillis.push(decoded - start);
  }
  return { pdqMillis: median(pdqMillis), decodeMillis: median(decodeMillis) };
}

async function decode(bytes: Uint8Array) {
  const decoded = await decodeImage(bytes, OWN_PICTURE_LIMITS);
  if (decoded.ok) return decoded.image;
  throw new WinnowError('IMAGE_UNREADABLE', decoded.detail, { where: '--pictures' });
}
