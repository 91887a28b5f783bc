import type { MeasuredShare } from '@winnow/contracts';
import { SeededRandom } from '@winnow/random';
import { effectiveLooks } from './wilson-interval';

/** Images that the looks at one kind were drawn from. */
export interface Stratum {
  /** Images of the pool. */
  readonly size: number;
  /** Looks by what was found. */
  readonly counts: readonly number[];
}

const DRAWS = 2000;
/** Of each outcome, in looks: Jeffreys' prior of two outcomes, kept for three. */
const PRIOR = 0.5;
const TAIL = 0.025;

/**
 * What the pool may consist of, given the looks: for each stratum shares drawn from a Dirichlet distribution with its
 * counts, narrowed as the looks are a part of finitely many images. A stratum of which all was seen is what it is.
 * @returns by draw, images of each outcome in each stratum: [draw][stratum][outcome]
 */
export function drawCompositions(strata: readonly Stratum[], seed: number | string): Float64Array[][] {
  const random = new SeededRandom(seed).fork('compositions');
  const shapes = strata.map(({ size, counts }) => {
    const looked = counts.reduce((sum, count) => sum + count, 0);
    const scale = looked === 0 ? 1 : effectiveLooks({ looked, size }) / looked;
    return scale === Infinity ? null : counts.map((count) => (count + PRIOR) * scale);
  });
  return Array.from({ length: DRAWS }, () =>
    strata.map(({ size, counts }, index) => {
      const shape = shapes[index];
      if (shape === null || shape === undefined) return Float64Array.from(counts);
      const gammas = Float64Array.from(shape, (value) => random.gamma(value));
      const sum = gammas.reduce((total, value) => total + value, 0);
      return gammas.map((value) => (size * value) / sum);
    }),
  );
}

/** Images of each outcome in each stratum as the looks alone tell it. */
export function meanComposition(strata: readonly Stratum[]): Float64Array[] {
  return strata.map(({ size, counts }) => {
    const looked = counts.reduce((sum, count) => sum + count, 0);
    return Float64Array.from(counts, (count) => (looked === 0 ? 0 : (size * count) / looked));
  });
}

/**
 * A share with what lies between 2.5 and 97.5 % of its draws.
 * @param shareOf of a composition; null where nothing is asked about
 */
export function drawnShare(
  mean: readonly Float64Array[],
  draws: readonly (readonly Float64Array[])[],
  shareOf: (composition: readonly Float64Array[]) => number | null,
): MeasuredShare | null {
  const share = shareOf(mean);
  if (share === null) return null;
  const drawn = Float64Array.from(draws, (composition) => shareOf(composition) ?? share).sort();
  const at = (quantile: number): number => drawn[Math.round(quantile * (drawn.length - 1))] as number;
  return { share, low: Math.min(share, at(TAIL)), high: Math.max(share, at(1 - TAIL)) };
}
