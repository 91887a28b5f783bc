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

/** Images of an outcome in a stratum. */
export type Composition = (stratum: number, outcome: number) => number;

/** Images of each outcome in each stratum as the looks alone tell it. */
function meanComposition(strata: readonly Stratum[]): Composition {
  const looked = strata.map(({ counts }) => sumOf(counts));
  return (stratum, outcome) => {
    const { size, counts } = strata[stratum] as Stratum;
    return looked[stratum] === 0 ? 0 : (size * (counts[outcome] as number)) / (looked[stratum] as number);
  };
}

/**
 * Fills `values`, stratum by stratum, with what the pool may consist of, given the looks: shares from a Dirichlet
 * distribution with the counts of each stratum, narrowed as the looks are a part of finitely many images. A stratum of
 * which all was seen is what it is.
 */
function drawComposition(shapes: readonly StratumShape[], random: SeededRandom, values: Float64Array): void {
  let at = 0;
  for (const { size, shape, counts } of shapes) {
    let sum = 0;
    for (let outcome = 0; outcome < counts.length; outcome += 1) {
      const value = shape === null ? (counts[outcome] as number) : random.gamma(shape[outcome] as number);
      values[at + outcome] = value;
      sum += value;
    }
    const scale = sum === 0 ? 0 : size / sum;
    for (const end = at + counts.length; at < end; at += 1) values[at] = (values[at] as number) * scale;
  }
}

interface StratumShape extends Stratum {
  /** Of the Dirichlet distribution; null where all was seen. */
  readonly shape: readonly number[] | null;
}

function shapeOf({ size, counts }: Stratum): StratumShape {
  const looked = sumOf(counts);
  const scale = looked === 0 ? 1 : effectiveLooks({ looked, size }) / looked;
  return { size, counts, shape: scale === Infinity ? null : counts.map((count) => (count + PRIOR) * scale) };
}

/**
 * Shares of the pool with what lies between 2.5 and 97.5 % of 2,000 draws of what it may consist of.
 * @param strata all with as many outcomes
 * @param sharesOf a composition; null of what it has nothing of
 */
export function drawnShares(
  strata: readonly Stratum[],
  seed: number | string,
  sharesOf: (composition: Composition) => readonly (number | null)[],
): (MeasuredShare | null)[] {
  const random = new SeededRandom(seed).fork('compositions');
  const shapes = strata.map(shapeOf);
  const outcomes = strata[0]?.counts.length ?? 0;
  const values = new Float64Array(strata.length * outcomes);
  const composition: Composition = (stratum, outcome) => values[stratum * outcomes + outcome] as number;
  const shares = sharesOf(meanComposition(strata));
  const drawn = shares.map(() => new Float64Array(DRAWS));
  for (let draw = 0; draw < DRAWS; draw += 1) {
    drawComposition(shapes, random, values);
    const found = sharesOf(composition);
    drawn.forEach((column, at) => (column[draw] = found[at] ?? shares[at] ?? 0));
  }
  return shares.map((share, at) => {
    if (share === null) return null;
    const sorted = (drawn[at] as Float64Array).sort();
    const quantile = (tail: number): number => sorted[Math.round(tail * (DRAWS - 1))] as number;
    return { share, low: Math.min(share, quantile(TAIL)), high: Math.max(share, quantile(1 - TAIL)) };
  });
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
