import type { ImageMeasures } from '@winnow/contracts';
import type { ImageSize } from './pdq-hash';
import { lumaOf } from '../resample/luma-of';
import type { RgbImage } from '../rgb-image';

const BINS = 256;

/**
 * Measures what screens look at. The image is taken as it is: hand in the small upright copy, and small images
 * unenlarged, or they look blurry.
 */
export function measureImage(image: RgbImage): ImageMeasures {
  const luma = lumaOf(image);
  const histogram = new Uint32Array(BINS);
  for (let at = 0; at < luma.length; at += 1) {
    const bin = ((luma[at] as number) + 0.5) | 0;
    histogram[bin] = (histogram[bin] as number) + 1;
  }
  return measuresOf(image, histogram, edgeSums(luma, image.width));
}

/** What screens look at, of what was counted. @param histogram pixels by luma, rounded, [256] @param sums of `edgeSums` */
export function measuresOf(
  { width, height }: ImageSize,
  histogram: Uint32Array | Float64Array,
  sums: EdgeSums,
): ImageMeasures {
  const pixels = width * height;
  return {
    lumaP1: rounded(lumaBelow(histogram, 0.01 * pixels)),
    lumaP99: rounded(lumaBelow(histogram, 0.99 * pixels)),
    edgeSharpness: rounded(edgeSharpness(sums, Math.max(0, width - 2) * Math.max(0, height - 2))),
    entropyBits: rounded(entropyBits(histogram, pixels)),
  };
}

/** Stored and compared with thresholds: digits that a platform's logarithm decides about are left out. */
function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}

/** The least luma, 0..1, that so many pixels do not exceed. */
function lumaBelow(histogram: Uint32Array | Float64Array, pixels: number): number {
  let counted = 0;
  for (let bin = 0; bin < BINS; bin += 1) {
    counted += histogram[bin] as number;
    if (counted >= pixels) return bin / (BINS - 1);
  }
  return 1;
}

function entropyBits(histogram: Uint32Array | Float64Array, pixels: number): number {
  let bits = 0;
  for (const count of histogram) if (count > 0) bits -= (count / pixels) * Math.log2(count / pixels);
  return bits;
}

/** Over the pixels that have four neighbours. */
export type EdgeSums = readonly [laplacian: number, squared: number, gradients: number];

/** Processors add four pixels at once: each sum is one of every fourth pixel of a row, then of these. */
const LANES = 4;

function edgeSums(luma: Float32Array, width: number): EdgeSums {
  const height = luma.length / width;
  const [sums, squares, gradients] = [new Float64Array(LANES), new Float64Array(LANES), new Float64Array(LANES)];
  for (let y = 1; y < height - 1; y += 1) {
    for (let x = 1; x < width - 1; x += 1) {
      const [at, lane] = [y * width + x, (x - 1) % LANES];
      const left = luma[at - 1] as number;
      const right = luma[at + 1] as number;
      const above = luma[at - width] as number;
      const below = luma[at + width] as number;
      const laplacian = left + right + above + below - 4 * (luma[at] as number);
      sums[lane] = (sums[lane] as number) + laplacian;
      squares[lane] = (squares[lane] as number) + laplacian * laplacian;
      const gradient = (right - left) * (right - left) + (below - above) * (below - above);
      gradients[lane] = (gradients[lane] as number) + gradient;
    }
  }
  const total = (of: Float64Array): number => of.reduce((sum, part) => sum + part);
  return [total(sums), total(squares), total(gradients)];
}

/** One is added below, for the noise of rounding: flat images have none. */
function edgeSharpness([sum, squares, gradients]: EdgeSums, count: number): number {
  if (count === 0) return 0;
  return (squares / count - (sum / count) ** 2) / (gradients / (4 * count) + 1);
}
