import { areaResample, lumaOf } from '@winnow/imaging';
import type { RgbImage } from '@winnow/imaging';

/** Light of a picture, longer side of so many pixels. */
interface Plane {
  readonly width: number;
  readonly height: number;
  readonly luma: Float32Array;
  /** Luma less the mean of its surroundings. */
  readonly detail: Float32Array;
}

/** Where a point of the first picture lies in the second, from the middles of both. */
interface Alignment {
  readonly isMirrored: boolean;
  /** Natural logarithm. */
  readonly scale: number;
  /** Radians. */
  readonly turn: number;
  /** In longer sides. */
  readonly x: number;
  readonly y: number;
}

/** How well two pictures fit where they fit best, -1..1. */
export interface Fit {
  /** Correlation of their light. */
  readonly light: number;
  /** Correlation of what stands out from its surroundings: pictures of one layout differ here. */
  readonly detail: number;
}

/** Light of one picture at two sizes; made once, compared often. */
export interface AlignablePicture {
  readonly coarse: Plane;
  readonly fine: Plane;
}

const COARSE_SIDE = 24;
const FINE_SIDE = 64;
/** The middle of the first picture must be found again, or at least this share of it. */
const MIDDLE = 0.8;
const LEAST_SHARE = 0.6;
const SCALES = [-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3];
const TURNS = [-4, 0, 4].map((degrees) => (degrees * Math.PI) / 180);
const SHIFT_STEPS = 4;
const SHIFT_STEP = 1 / COARSE_SIDE;
const REFINED = 4;
const ROUNDS = 6;
/** Surroundings of a pixel, pixels to each side. */
const REACH = 3;

/** Light of a picture as `alignedSimilarity` compares it. */
export function alignable(image: RgbImage): AlignablePicture {
  return { coarse: planeOf(image, COARSE_SIDE), fine: planeOf(image, FINE_SIDE) };
}

/**
 * How well two pictures fit when one is scaled, shifted, turned a little and mirrored over the other: the greatest
 * normalised cross-correlation of their light, -1..1. First coarsely over a grid, then from the best places uphill.
 */
export function alignedSimilarity(a: AlignablePicture, b: AlignablePicture): Fit {
  const best: { alignment: Alignment; score: number }[] = [];
  for (const alignment of coarseGrid()) {
    const score = correlation(a.coarse, b.coarse, alignment, 2);
    if (best.length === REFINED && score <= (best[REFINED - 1] as { score: number }).score) continue;
    best.push({ alignment, score });
    best.sort((one, other) => other.score - one.score);
    best.length = Math.min(best.length, REFINED);
  }
  const fits = best.map(({ alignment }) => climb(a.fine, b.fine, alignment));
  return fits.reduce((most, fit) => (fit.light > most.light ? fit : most));
}

function* coarseGrid(): Generator<Alignment> {
  for (const isMirrored of [false, true])
    for (const scale of SCALES)
      for (const turn of TURNS)
        for (let x = -SHIFT_STEPS; x <= SHIFT_STEPS; x += 1)
          for (let y = -SHIFT_STEPS; y <= SHIFT_STEPS; y += 1)
            yield { isMirrored, scale, turn, x: x * SHIFT_STEP, y: y * SHIFT_STEP };
}

/** Halves its steps whenever none of them leads up. */
function climb(a: Plane, b: Plane, from: Alignment): Fit {
  let at = from;
  let score = correlation(a, b, at, 2);
  let step = 0.5;
  for (let round = 0; round < 4 * ROUNDS && step > 0.02; round += 1) {
    let better: Alignment | null = null;
    for (const next of neighbours(at, step)) {
      const there = correlation(a, b, next, 2);
      if (there <= score) continue;
      score = there;
      better = next;
    }
    if (better === null) step /= 2;
    else at = better;
  }
  return { light: correlation(a, b, at, 1), detail: correlation(detailOf(a), detailOf(b), at, 1) };
}

function neighbours(at: Alignment, step: number): Alignment[] {
  return [-step, step].flatMap((by) => [
    { ...at, scale: at.scale + by * 0.1 },
    { ...at, turn: at.turn + by * (TURNS[2] as number) },
    { ...at, x: at.x + by * SHIFT_STEP },
    { ...at, y: at.y + by * SHIFT_STEP },
  ]);
}

/** @param stride of the points of the first picture */
function correlation(
  a: Plane,
  b: Plane,
  { isMirrored, scale, turn, x: shiftX, y: shiftY }: Alignment,
  stride: number,
): number {
  // prettier-ignore
  const sideA = Math.max(a.width, a.height);
  const sideB = Math.max(b.width, b.height);
  const factor = (Math.exp(scale) * sideB) / sideA;
  const cos = Math.cos(turn) * factor;
  const sin = Math.sin(turn) * factor;
  const [left, top] = [(a.width * (1 - MIDDLE)) / 2, (a.height * (1 - MIDDLE)) / 2];
  let [count, all, sumA, sumB, sumAA, sumBB, sumAB] = [0, 0, 0, 0, 0, 0, 0];
  for (let row = Math.ceil(top); row < a.height - top; row += stride) {
    const v = row - (a.height - 1) / 2;
    for (let column = Math.ceil(left); column < a.width - left; column += stride) {
      all += 1;
      const u = (column - (a.width - 1) / 2) * (isMirrored ? -1 : 1);
      const fromX = cos * u - sin * v + (b.width - 1) / 2 + shiftX * sideB;
      const fromY = sin * u + cos * v + (b.height - 1) / 2 + shiftY * sideB;
      const c = Math.floor(fromX);
      const r = Math.floor(fromY);
      if (c < 0 || r < 0 || c + 1 >= b.width || r + 1 >= b.height) continue;
      const at = r * b.width + c;
      const fx = fromX - c;
      const fy = fromY - r;
      const upper = (b.luma[at] as number) * (1 - fx) + (b.luma[at + 1] as number) * fx;
      const lower = (b.luma[at + b.width] as number) * (1 - fx) + (b.luma[at + b.width + 1] as number) * fx;
      const valueB = upper * (1 - fy) + lower * fy;
      const valueA = a.luma[row * a.width + column] as number;
      count += 1;
      sumA += valueA;
      sumB += valueB;
      sumAA += valueA * valueA;
      sumBB += valueB * valueB;
      sumAB += valueA * valueB;
    }
  }
  if (count < all * LEAST_SHARE) return -1;
  const spread = (sumAA - (sumA * sumA) / count) * (sumBB - (sumB * sumB) / count);
  return spread <= 1e-6 ? 0 : (sumAB - (sumA * sumB) / count) / Math.sqrt(spread);
}

function detailOf(plane: Plane): Plane {
  return { ...plane, luma: plane.detail };
}

function planeOf(image: RgbImage, side: number): Plane {
  const scale = Math.min(1, side / Math.max(image.width, image.height));
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  const luma = lumaOf(image);
  const readRow = (y: number, out: Float32Array): void =>
    out.set(luma.subarray(y * image.width, (y + 1) * image.width));
  const small = areaResample({ width: image.width, height: image.height, channels: 1, readRow }, width, height);
  return { width, height, luma: small, detail: lessSurroundings(small, width, height) };
}

function lessSurroundings(luma: Float32Array, width: number, height: number): Float32Array {
  return luma.map((value, index) => {
    const [x, y] = [index % width, Math.floor(index / width)];
    let sum = 0;
    let count = 0;
    for (let row = Math.max(0, y - REACH); row <= Math.min(height - 1, y + REACH); row += 1) {
      for (let column = Math.max(0, x - REACH); column <= Math.min(width - 1, x + REACH); column += 1) {
        sum += luma[row * width + column] as number;
        count += 1;
      }
    }
    return value - sum / count;
  });
}
