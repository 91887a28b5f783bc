import type { MeasuredShare } from '@winnow/contracts';

/** Of the normal distribution: 2.5 % lie above it. */
const Z = 1.959963984540054;

/** Looks, and how many images they were drawn from without replacement. */
export interface LookCount {
  readonly looked: number;
  /** Images that could have been drawn; default: without end. */
  readonly size?: number;
}

/**
 * How many looks with replacement tell as much as so many without: the finite population correction. Infinite where
 * every image was looked at.
 */
export function effectiveLooks({ looked, size = Infinity }: LookCount): number {
  if (size === Infinity) return looked;
  return looked >= size ? Infinity : (looked * (size - 1)) / (size - looked);
}

/**
 * The 95 % score interval of a share (Wilson 1927), with the finite population correction where the size of the
 * population is known: without it 150 looks at 200 images claim to know far less than they do.
 * @param looks looked may be a fraction: Kish's effective number
 * @returns null without looks
 */
export function wilsonInterval(share: number, looks: LookCount): MeasuredShare | null {
  if (!(looks.looked > 0)) return null;
  const n = effectiveLooks(looks);
  if (n === Infinity) return { share, low: share, high: share };
  const centre = (share + (Z * Z) / (2 * n)) / (1 + (Z * Z) / n);
  const half = halfWidthOf(share, n);
  return { share, low: Math.max(0, Math.min(share, centre - half)), high: Math.min(1, Math.max(share, centre + half)) };
}

/** Half of what lies between the ends of Wilson's interval. */
function halfWidthOf(share: number, n: number): number {
  if (n === Infinity) return 0;
  return (Z * Math.sqrt((share * (1 - share)) / n + (Z * Z) / (4 * n * n))) / (1 + (Z * Z) / n);
}

const MAX_LOOKS = 2 ** 31;

/**
 * The fewest looks that give an interval no wider than twice the half-width, for a share that is expected; all images
 * where fewer do not. The half-width falls with every look, whatever the share.
 * @param halfWidth above 0
 */
export function looksNeeded(share: number, halfWidth: number, size = Infinity): number {
  let [tooFew, enough] = [0, Math.min(size, MAX_LOOKS)];
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (halfWidthOf(share, effectiveLooks({ looked: middle, size })) <= halfWidth) enough = middle;
    else tooFew = middle;
  }
  return enough;
}
