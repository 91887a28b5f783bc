import type { SeededRandom } from '@winnow/random';

/** How many networks share the refinement: each learns one fold and is asked about the others. */
export const FOLD_COUNT = 2;

/**
 * Deals images to folds of equal size by chance alone: labels would tell a fold what it must not know.
 * @returns rows of each fold, ascending
 */
export function refinementFolds(count: number, random: SeededRandom): readonly Int32Array[] {
  const order = random.permutation(count);
  return Array.from({ length: FOLD_COUNT }, (_, fold) =>
    order.filter((_row, place) => place % FOLD_COUNT === fold).sort(),
  );
}
