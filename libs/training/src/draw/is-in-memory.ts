import type { ImageSource } from '@winnow/contracts';

/** Whether reading a picture is copying bytes. */
export function isInMemory(images: ImageSource): boolean {
  return !('store' in images) || images.store.kind === 'memory';
}
