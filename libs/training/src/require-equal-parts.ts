import { WinnowError } from '@winnow/contracts';

/**
 * Gradient accumulation cuts every batch into so many parts of one size.
 * @param where the number of parts was set
 * @throws WinnowError CONFIG_INVALID
 */
export function requireEqualParts(
  { batch, accumulate }: { readonly batch: number; readonly accumulate: number },
  where: string,
): void {
  if (batch % accumulate === 0) return;
  throw new WinnowError('CONFIG_INVALID', `a batch of ${batch} cannot be cut into ${accumulate} equal parts`, {
    where,
    next: 'Choose a divisor of train.batch.',
  });
}
