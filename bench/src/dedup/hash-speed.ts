import { encodeJpeg, pdqHash, resizeRgb } from '@winnow/imaging';
import { median } from '../harness/figures';
import { decodeUserImage } from '@winnow/trainer/bench';
import type { PoolImage } from './image-set';

/** Milliseconds for an image of 512 x 512 pixels, one after the other on one thread of ours; medians. */
export interface HashSpeed {
  /** From decoded pixels. */
  readonly pdqMillis: number;
  /** From a JPEG file in memory to pixels. */
  readonly decodeMillis: number;
}

const SIDE = 512;
const QUALITY = 90;
const IMAGES = 48;

/** Times PDQ beside decoding, on images of one size. */
export async function measureHashSpeed(images: readonly PoolImage[]): Promise<HashSpeed> {
  const decodeMillis: number[] = [];
  const pdqMillis: number[] = [];
  for (const file of images.slice(0, IMAGES)) {
    const large = await resizeRgb(await decodeUserImage(await file.read(), file.name), SIDE, 'squash');
    const bytes = await encodeJpeg(large, QUALITY, '4:2:0');
    const start = performance.now();
    const image = await decodeUserImage(bytes, file.name);
    const decoded = performance.now();
    pdqHash(image);
    pdqMillis.push(performance.now() - decoded);
    decodeMillis.push(decoded - start);
  }
  return { pdqMillis: median(pdqMillis), decodeMillis: median(decodeMillis) };
}
