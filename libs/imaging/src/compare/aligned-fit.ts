import { COARSE_SIDE } from './alignable-image';
import type { AlignableImage, LightPlane } from './alignable-image';

/** How well two images fit where they fit best. */
export interface AlignedFit {
  /** Correlation of their light, -1..1. */
  readonly light: number;
  /** Correlation of what stands out from its surroundings, -1..1: images of one layout differ here. */
  readonly detail: number;
}

/** Least correlations of copies, chosen on edited photographs; 180 of ciFAIR's 181 clear near duplicates reach them. */
const COPY_LIGHT = 0.8;
const COPY_DETAIL = 0.6;

/** Whether two images that fit so well show one and the same photograph. */
export function fitsAsCopy({ light, detail }: AlignedFit): boolean {
  return light >= COPY_LIGHT && detail >= COPY_DETAIL;
}

/** Where a point of the first image lies in the second, from the middles of both. */
interface Alignment {
  readonly isFlipped: boolean;
  /** Natural logarithm. */
  readonly scale: number;
  /** Radians. */
  readonly turn: number;
  /** In longer sides. */
  readonly x: number;
  readonly y: number;
}

/** The middle of the first image, or at least this share of it, must lie in the second. */
const MIDDLE = 0.8;
const MIN_FRACTION = 0.6;
/** From two thirds to one and a half times the size; turns of up to 4 degrees, and uphill from there. */
const SCALES = [-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3];
const TURN_STEP = (4 * Math.PI) / 180;
const SHIFT_STEP = 1 / COARSE_SIDE;
const SHIFTS = [-4, -3, -2, -1, 0, 1, 2, 3, 4].map((steps) => steps * SHIFT_STEP);
const UPRIGHT: readonly Alignment[] = SCALES.flatMap((scale) =>
  [-TURN_STEP, 0, TURN_STEP].flatMap((turn) =>
    SHIFTS.flatMap((x) => SHIFTS.map((y) => ({ isFlipped: false, scale, turn, x, y }))),
  ),
);
const FLIPPED: readonly Alignment[] = UPRIGHT.map((alignment) => ({ ...alignment, isFlipped: true }));
/** Best places of the grid from which it goes uphill. */
const REFINED = 4;
const MAX_STEPS = 24;
const MIN_STEP = 0.02;

/**
 * How well two images fit when one is scaled, shifted, turned a little and flipped over the other: normalised
 * cross-correlation, first coarsely over a grid, then from its best places uphill. Tells copies that were cut, padded,
 * framed or turned from images that merely look alike. About 10 ms.
 * @param options.mirrors whether the second may be flipped; default true
 */
export function alignedFit(
  a: AlignableImage,
  b: AlignableImage,
  { mirrors = true }: { readonly mirrors?: boolean } = {},
): AlignedFit {
  const starts = bestOfGrid(a.coarse, b.coarse, mirrors ? [...UPRIGHT, ...FLIPPED] : UPRIGHT);
  const fits = starts.map((start) => climb(a.fine, b.fine, start));
  return fits.reduce((most, fit) => (fit.light > most.light ? fit : most));
}

function bestOfGrid(a: LightPlane, b: LightPlane, grid: readonly Alignment[]): Alignment[] {
  const best: { alignment: Alignment; score: number }[] = [];
  for (const alignment of grid) {
    const score = correlation(a, b, alignment, COARSELY);
    if (best.length === REFINED && score <= (best[REFINED - 1] as { score: number }).score) continue;
    best.push({ alignment, score });
    best.sort((one, other) => other.score - one.score);
    best.length = Math.min(best.length, REFINED);
  }
  return best.map(({ alignment }) => alignment);
}

/** Halves its steps whenever none of them leads up. */
function climb(a: LightPlane, b: LightPlane, from: Alignment): AlignedFit {
  let at = from;
  let score = correlation(a, b, at, COARSELY);
  let step = 0.5;
  for (let round = 0; round < MAX_STEPS && step > MIN_STEP; round += 1) {
    let better: Alignment | null = null;
    for (const next of neighbours(at, step)) {
      const there = correlation(a, b, next, COARSELY);
      if (there <= score) continue;
      score = there;
      better = next;
    }
    if (better === null) step /= 2;
    else at = better;
  }
  return {
    light: correlation(a, b, at, { stride: 1, of: 'luma' }),
    detail: correlation(a, b, at, { stride: 1, of: 'detail' }),
  };
}

function neighbours(at: Alignment, step: number): Alignment[] {
  return [-step, step].flatMap((by) => [
    { ...at, scale: at.scale + by * 0.1 },
    { ...at, turn: at.turn + by * TURN_STEP },
    { ...at, x: at.x + by * SHIFT_STEP },
    { ...at, y: at.y + by * SHIFT_STEP },
  ]);
}

interface Reading {
  /** Of the points of the first image. */
  readonly stride: number;
  readonly of: 'luma' | 'detail';
}

const COARSELY: Reading = { stride: 2, of: 'luma' };

/** Pearson's, over the middle of the first image; -1 where too little of it lies in the second, 0 without contrast. */
function correlation(a: LightPlane, b: LightPlane, alignment: Alignment, { stride, of }: Reading): number {
  const [valuesA, valuesB] = [a[of], b[of]];
  const { width, height } = b;
  const sideB = Math.max(width, height);
  const factor = (Math.exp(alignment.scale) * sideB) / Math.max(a.width, a.height);
  const cos = Math.cos(alignment.turn) * factor;
  const sin = Math.sin(alignment.turn) * factor;
  const toX = (width - 1) / 2 + alignment.x * sideB;
  const toY = (height - 1) / 2 + alignment.y * sideB;
  const sign = alignment.isFlipped ? -1 : 1;
  const [left, top] = [(a.width * (1 - MIDDLE)) / 2, (a.height * (1 - MIDDLE)) / 2];
  let [count, all, sumA, sumB, sumAA, sumBB, sumAB] = [0, 0, 0, 0, 0, 0, 0];
  for (let row = Math.ceil(top); row < a.height - top; row += stride) {
    const v = row - (a.height - 1) / 2;
    for (let column = Math.ceil(left); column < a.width - left; column += stride) {
      all += 1;
      const u = (column - (a.width - 1) / 2) * sign;
      const x = cos * u - sin * v + toX;
      const y = sin * u + cos * v + toY;
      const c = Math.floor(x);
      const r = Math.floor(y);
      if (c < 0 || r < 0 || c + 1 >= width || r + 1 >= height) continue;
      const at = r * width + c;
      const fx = x - c;
      const upper = (valuesB[at] as number) * (1 - fx) + (valuesB[at + 1] as number) * fx;
      const lower = (valuesB[at + width] as number) * (1 - fx) + (valuesB[at + width + 1] as number) * fx;
      const valueB = upper + (lower - upper) * (y - r);
      const valueA = valuesA[row * a.width + column] as number;
      count += 1;
      sumA += valueA;
      sumB += valueB;
      sumAA += valueA * valueA;
      sumBB += valueB * valueB;
      sumAB += valueA * valueB;
    }
  }
  if (count === 0 || count < all * MIN_FRACTION) return -1;
  const spread = (sumAA - (sumA * sumA) / count) * (sumBB - (sumB * sumB) / count);
  return spread <= 1e-6 ? 0 : (sumAB - (sumA * sumB) / count) / Math.sqrt(spread);
}
