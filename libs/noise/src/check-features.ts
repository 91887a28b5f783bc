import { WinnowError } from '@winnow/contracts';
import type { SplitFeatures } from './split';

/**
 * @param count images of the pool
 * @throws WinnowError SHAPE_MISMATCH where sizes disagree, DATA_CORRUPT for features that are not finite
 */
export function checkFeatures({ values, dim }: SplitFeatures, count: number): void {
  if (!Number.isInteger(dim) || dim < 1 || values.length !== count * dim) {
    throw new WinnowError('SHAPE_MISMATCH', `${values.length} features do not make [${count}, ${dim}] (images, dim)`, {
      next: "Give the teacher's pooled features of the same images.",
    });
  }
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  throw new WinnowError(
    'DATA_CORRUPT',
    `the teacher's features of image ${Math.floor(bad / dim)} hold ${values[bad]}`,
    {
      next: "Check the teacher's weights and its input normalisation.",
    },
  );
}
