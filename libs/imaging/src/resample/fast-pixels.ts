import { jpegCodec } from '../codec/jpeg-codec';
import type { RgbImage } from '../rgb-image';
import type { ImageRegion } from './image-region';
import { resampleRegion } from './resample-region';
import { triangleTaps } from './triangle-taps';

/**
 * `resampleRegion` in this thread, to the same bytes, by the add-on of the JPEG codec where that is there: several times as fast.
 * @param into where to, if not into new memory
 */
export async function resampleFast(
  image: RgbImage,
  region: ImageRegion,
  { size, into = new Uint8Array(size * size * 3) }: { readonly size: number; readonly into?: Uint8Array | undefined },
): Promise<Uint8Array> {
  const addOn = await jpegCodec();
  const { left, top, width, height } = region;
  const taps = [triangleTaps(width, size), triangleTaps(height, size)];
  const numbers = Int32Array.of(image.width, left, top, width, height, size);
  const flat = taps.flatMap(({ first, starts, weights }) => [first, starts, weights]);
  // 0 also where there is not so much memory.
  const written = addOn?.resample(image.data, into, numbers, ...flat) ?? 0;
  if (written === 0) into.set(resampleRegion(image, region, size));
  return into;
}

/**
 * Floats of bytes in RGB, each by the table of its channel, in this thread.
 * @param tables of red, green and blue, [3, 256]
 * @param into where to, as many values
 */
export async function lookUpBytes(pixels: Uint8Array, tables: Float32Array, into: Float32Array): Promise<void> {
  const addOn = await jpegCodec();
  if (addOn !== null) {
    addOn.lookUp(pixels, tables, into);
    return;
  }
  for (let at = 0; at < pixels.length; at += 3) {
    into[at] = tables[pixels[at] as number] as number;
    into[at + 1] = tables[256 + (pixels[at + 1] as number)] as number;
    into[at + 2] = tables[512 + (pixels[at + 2] as number)] as number;
  }
}
