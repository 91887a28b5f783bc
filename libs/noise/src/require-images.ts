import { WinnowError } from '@winnow/contracts';

/** @throws WinnowError MISSING_INPUT for an empty pool */
export function requireImages(labels: ArrayLike<number>): void {
  if (labels.length > 0) return;
  throw new WinnowError('MISSING_INPUT', 'an empty pool cannot be split or scored', {
    next: 'Give a pool with images.',
  });
}
