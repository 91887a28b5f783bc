import { areaResample } from './area-resample';
import { jaroszSamples } from './jarosz-filter';
import { lumaOf, lumaRow } from './luma-of';
import type { RgbImage } from './rgb-image';

/** PDQ of a picture. */
export interface PdqHash {
  /** 256 bits as 64 hex digits, highest bit first. */
  readonly hash: string;
  /** 0..100; below 50 the picture has too little structure for the hash to tell it from others. */
  readonly quality: number;
}

/** Larger pictures are first scaled down to this longer side, pixels; the shape is kept. */
const MAX_SIDE = 512;
/** Pictures with a shorter side than this have no hash: all zero, quality 0. */
const MIN_SIDE = 5;
const GRID = 64;
const COEFFICIENTS = 16;
const NO_HASH: PdqHash = { hash: '0'.repeat(64), quality: 0 };
const DCT_ROWS = dctRows();

/**
 * The PDQ perceptual hash (ThreatExchange, "The TMK+PDQF video-hashing algorithm and the PDQ image-hashing
 * algorithm", 2019): luma, two passes of a Jarosz filter, 64x64 samples, the 16x16 lowest DCT coefficients without the
 * constant ones, each against their median. Two pictures match where at most 31 of 256 bits differ.
 */
export function pdqHash(image: RgbImage): PdqHash {
  const scale = Math.min(1, MAX_SIDE / Math.max(image.width, image.height));
  const width = Math.round(image.width * scale);
  const height = Math.round(image.height * scale);
  if (Math.min(width, height) < MIN_SIDE) return NO_HASH;
  const grid = jaroszSamples(scaledLuma(image, width, height), width, height, GRID);
  return { hash: hashOf(lowFrequencies(grid)), quality: gradientQuality(grid) };
}

function scaledLuma(image: RgbImage, width: number, height: number): Float32Array {
  if (image.width === width && image.height === height) return lumaOf(image);
  const readRow = (y: number, out: Float32Array): void => lumaRow(image, y, out);
  return areaResample({ width: image.width, height: image.height, channels: 1, readRow }, width, height);
}

/** Sum of whole-percent steps between neighbours, scaled so that most photographs reach 100. */
function gradientQuality(grid: Float32Array): number {
  let sum = 0;
  for (let row = 0; row < GRID; row += 1) {
    for (let column = 0; column < GRID; column += 1) {
      const at = row * GRID + column;
      const value = grid[at] as number;
      if (row + 1 < GRID) sum += Math.floor(Math.abs(value - (grid[at + GRID] as number)) * (100 / 255));
      if (column + 1 < GRID) sum += Math.floor(Math.abs(value - (grid[at + 1] as number)) * (100 / 255));
    }
  }
  return Math.min(100, Math.floor(sum / 90));
}

/** Rows 1..16 of the orthonormal DCT-II matrix of size 64, shape [16, 64]. */
function dctRows(): Float64Array {
  const rows = new Float64Array(COEFFICIENTS * GRID);
  for (let frequency = 1; frequency <= COEFFICIENTS; frequency += 1) {
    for (let at = 0; at < GRID; at += 1) {
      const angle = (Math.PI * frequency * (2 * at + 1)) / (2 * GRID);
      rows[(frequency - 1) * GRID + at] = Math.sqrt(2 / GRID) * Math.cos(angle);
    }
  }
  return rows;
}

/** D G D^T, shape [16, 16]: first index vertical frequency. */
function lowFrequencies(grid: Float32Array): Float64Array {
  const half = new Float64Array(COEFFICIENTS * GRID);
  for (let i = 0; i < COEFFICIENTS; i += 1) {
    for (let k = 0; k < GRID; k += 1) {
      const weight = DCT_ROWS[i * GRID + k] as number;
      for (let j = 0; j < GRID; j += 1) {
        half[i * GRID + j] = (half[i * GRID + j] as number) + weight * (grid[k * GRID + j] as number);
      }
    }
  }
  const result = new Float64Array(COEFFICIENTS * COEFFICIENTS);
  for (let i = 0; i < COEFFICIENTS; i += 1) {
    for (let j = 0; j < COEFFICIENTS; j += 1) {
      let sum = 0;
      for (let k = 0; k < GRID; k += 1) sum += (half[i * GRID + k] as number) * (DCT_ROWS[j * GRID + k] as number);
      result[i * COEFFICIENTS + j] = sum;
    }
  }
  return result;
}

/** Bit k is set where coefficient k is above the lower median; printed from bit 255 down. */
function hashOf(coefficients: Float64Array): string {
  const median = coefficients.slice().sort()[coefficients.length / 2 - 1] as number;
  let hex = '';
  for (let digit = coefficients.length / 4 - 1; digit >= 0; digit -= 1) {
    let value = 0;
    for (let bit = 3; bit >= 0; bit -= 1)
      value = value * 2 + ((coefficients[digit * 4 + bit] as number) > median ? 1 : 0);
    hex += value.toString(16);
  }
  return hex;
}
