import { constants } from 'node:buffer';
import type { ImageSource } from '@winnow/contracts';

/** What one array holds at most: 4 GiB on Node 20. */
export const MOST_SHARED_BYTES = constants.MAX_LENGTH;

/** Bytes for pixels that worker threads see without a copy. */
export function sharedPixels(length: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(length));
}

/** The same pictures where worker threads share them: copied once, unless they are there already. */
export function onSharedMemory(images: ImageSource): ImageSource {
  if (!('store' in images)) return { ...images, pixels: shared(images.pixels) };
  if (images.store.kind !== 'memory') return images;
  return { ...images, store: { ...images.store, pixels: shared(images.store.pixels) } };
}

function shared(pixels: Uint8Array): Uint8Array {
  if (pixels.buffer instanceof SharedArrayBuffer) return pixels;
  const copy = sharedPixels(pixels.length);
  copy.set(pixels);
  return copy;
}
