import { WinnowError } from '@winnow/contracts';
import { MAX_SHARED_BYTES } from '@winnow/training';

/** @throws WinnowError FORMAT_INVALID where so many bytes of labelled images are more than one array holds */
export function requireRoom(bytes: number, where: string): void {
  if (bytes <= MAX_SHARED_BYTES) return;
  const gigabytes = (value: number): string => (value / 1e9).toFixed(1);
  throw new WinnowError('FORMAT_INVALID', `These labelled images would take ${gigabytes(bytes)} GB of memory`, {
    where,
    next: `Name fewer of them, or a smaller size: at most ${gigabytes(MAX_SHARED_BYTES)} GB, as one array.`,
  });
}
