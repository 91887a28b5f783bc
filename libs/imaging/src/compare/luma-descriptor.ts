import { areaResample } from '../resample/area-resample';
import { lessSurroundings } from './subtract-local-mean';
import { lumaRow } from '../resample/luma-of';
import type { RgbImage } from '../rgb-image';

/** How an image looks when it is stretched to a small square, for finding copies among many small images. */
export interface LumaDescriptor {
  /** Luma of 8 x 8 cells less its mean, of length one, [64]; null for an image without contrast. */
  readonly layout: Float32Array | null;
  /** Luma of 32 x 32 pixels less that of the surroundings, [32, 32]. */
  readonly detail: Float32Array;
}

const CELLS = 8;
const SIDE = 32;
/** Mean squared contrast, luma 0..255, below which there is nothing to compare. */
const MIN_CONTRAST = 1;

/** Luma of an image that is stretched to 32 x 32 pixels, [32, 32]: all that `lumaDescriptor` needs of it. */
export function lumaSquare(image: RgbImage): Float32Array {
  const { width, height } = image;
  return areaResample({ width, height, channels: 1, readRow: (y, out) => lumaRow(image, y, out) }, SIDE, SIDE);
}

/** 4.4 kB for an image. @param luma of `lumaSquare` */
export function lumaDescriptor(luma: Float32Array): LumaDescriptor {
  const readRow = (y: number, out: Float32Array): void => out.set(luma.subarray(y * SIDE, (y + 1) * SIDE));
  const cells = areaResample({ width: SIDE, height: SIDE, channels: 1, readRow }, CELLS, CELLS);
  return { layout: unitLength(cells), detail: lessSurroundings(luma, SIDE, SIDE) };
}

/** The layout of the flipped image. */
export function flipLayout(layout: Float32Array): Float32Array {
  return layout.map((_, index) => layout[index - (index % CELLS) + CELLS - 1 - (index % CELLS)] as number);
}

/** Pixels of the border that are left out, and that one image may be shifted over the other. */
const BORDER = 3;
const SHIFT = 1;

/**
 * How well the detail of two images fits, place by place: the greatest correlation over shifts of one pixel, -1..1.
 * @param flipped whether the second is flipped first
 */
export function detailFit(a: LumaDescriptor, b: LumaDescriptor, flipped: boolean): number {
  let best = -1;
  for (let down = -SHIFT; down <= SHIFT; down += 1) {
    for (let right = -SHIFT; right <= SHIFT; right += 1) {
      best = Math.max(best, correlation(a.detail, b.detail, { down, right, flipped }));
    }
  }
  return best;
}

interface Placement {
  readonly down: number;
  readonly right: number;
  readonly flipped: boolean;
}

/** Pearson's; 0 without contrast. */
function correlation(a: Float32Array, b: Float32Array, { down, right, flipped }: Placement): number {
  let [sumA, sumB, sumAA, sumBB, sumAB] = [0, 0, 0, 0, 0];
  const step = flipped ? -1 : 1;
  for (let y = BORDER; y < SIDE - BORDER; y += 1) {
    let inB = (y + down) * SIDE + (flipped ? SIDE - 1 - BORDER : BORDER) + right;
    for (let x = BORDER; x < SIDE - BORDER; x += 1, inB += step) {
      const valueA = a[y * SIDE + x] as number;
      const valueB = b[inB] as number;
      sumA += valueA;
      sumB += valueB;
      sumAA += valueA * valueA;
      sumBB += valueB * valueB;
      sumAB += valueA * valueB;
    }
  }
  const count = (SIDE - 2 * BORDER) ** 2;
  const spread = (sumAA - (sumA * sumA) / count) * (sumBB - (sumB * sumB) / count);
  return spread <= 1e-6 ? 0 : (sumAB - (sumA * sumB) / count) / Math.sqrt(spread);
}

function unitLength(cells: Float32Array): Float32Array | null {
  const mean = cells.reduce((sum, value) => sum + value, 0) / cells.length;
  const square = cells.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return square < MIN_CONTRAST * cells.length ? null : cells.map((value) => (value - mean) / Math.sqrt(square));
}
