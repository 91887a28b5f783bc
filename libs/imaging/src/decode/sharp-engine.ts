import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { MAX_DECODE_SECONDS } from './image-limits';
import type { RgbImage } from '../rgb-image';

/** Handed down to threads that this one starts. */
const IS_SET_UP = 'winnow imaging: readers shut off';

// The library is one for all threads of a process: a thread that set it up again would, between its two steps, leave
// the others without any reader while they decode.
if (getEnvironmentData(IS_SET_UP) !== true) {
  // Images are seen once, so an operation cache only holds memory; throughput comes from several images at a time,
  // which is why each gets one thread.
  sharp.cache(false);
  sharp.concurrency(1);
  // Readers for anything but web images are shut off: text, documents and rare formats never reach a parser.
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({
    operation: [
      'VipsForeignLoadJpeg',
      'VipsForeignLoadPng',
      'VipsForeignLoadWebp',
      'VipsForeignLoadHeif',
      'VipsForeignLoadNsgif',
      'VipsForeignLoadTiff',
    ],
  });
  setEnvironmentData(IS_SET_UP, true);
}

/** A shorter file takes milliseconds, of which watching the clock would be a hundredth. */
const TIMED_FROM_BYTES = 100_000;

let isTimed = true;

/** For a process that is ended when its time is up: the library counts the time in which it stood still. */
export function leaveTimeToCaller(): void {
  isTimed = false;
}

/** Opens untrusted bytes: first frame only; data that ends too early is an error, small flaws are not. */
export function openSharp(bytes: Uint8Array, maxPixels: number | false): Sharp {
  const image = sharp(bytes, { failOn: 'truncated', limitInputPixels: maxPixels, pages: 1, sequentialRead: true });
  // Ends between two rows; within one call of a decoder it does not.
  return !isTimed || bytes.length < TIMED_FROM_BYTES ? image : image.timeout({ seconds: MAX_DECODE_SECONDS });
}

/** Opens pixels of our own. */
export function openRgb(image: RgbImage): Sharp {
  const { width, height, data } = image;
  return sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false });
}

/** Versions that images' bytes depend on, for the record of a build. */
export function imagingVersions(): { readonly sharp: string; readonly libvips: string } {
  return { sharp: sharp.versions.sharp ?? 'unknown', libvips: sharp.versions.vips };
}
