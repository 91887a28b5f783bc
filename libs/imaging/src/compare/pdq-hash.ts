import { cellTaps } from './cell-taps';
import type { CellTaps } from './cell-taps';
import { lumaRow } from '../resample/luma-of';
import type { RgbImage } from '../rgb-image';

/** PDQ of an image. */
export interface PdqHash {
  /** 256 bits as 64 hex digits, highest bit first. */
  readonly hash: string;
  /** 0..100; below 50 the image has too little structure for the hash to tell it from others. */
  readonly quality: number;
}

/** Larger images count as scaled down to this longer side, pixels; the shape is kept. */
const MAX_SIDE = 512;
/** Images with a shorter side than this have no hash: all zero, quality 0. */
const MIN_SIDE = 5;
const GRID = 64;
const COEFFICIENTS = 16;
const NO_HASH: PdqHash = { hash: '0'.repeat(64), quality: 0 };
/** Rows 1..16 of the orthonormal DCT-II matrix of size 64, shape [16, 64]. */
export const DCT_ROWS = dctRows();

/** Width and height, pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/**
 * The PDQ perceptual hash (ThreatExchange, "The TMK+PDQF video-hashing algorithm and the PDQ image-hashing
 * algorithm", 2019): luma, two passes of a Jarosz filter, 64x64 samples, the 16x16 lowest DCT coefficients without the
 * constant ones, each against their median. Two images match where at most 31 of 256 bits differ.
 * @param image the image, or a smaller copy of it
 * @param full size of the image that it shows; decides about the filter
 */
export function pdqHash(image: RgbImage, full: ImageSize = image): PdqHash {
  const taps = pdqTaps(image, full);
  if (taps === null) return NO_HASH;
  const grid = sampleGrid(image, taps.columns, taps.rows);
  return pdqOf(lowFrequencies(grid), gradientSteps(grid));
}

/** What pixels of the image make the 64 x 64 samples; null for one that has no hash. */
export function pdqTaps(
  image: ImageSize,
  full: ImageSize,
): { readonly columns: CellTaps; readonly rows: CellTaps } | null {
  const scale = Math.min(1, MAX_SIDE / Math.max(full.width, full.height));
  const width = Math.round(full.width * scale);
  const height = Math.round(full.height * scale);
  if (Math.min(width, height) < MIN_SIDE) return null;
  return { columns: tapsOf(width, image.width), rows: tapsOf(height, image.height) };
}

/** Most images have a side, or all of their shape, in common with others. */
const MAX_KEPT_TAPS = 64;
const keptTaps = new Map<string, CellTaps>();

function tapsOf(length: number, pixels: number): CellTaps {
  const key = `${length} ${pixels}`;
  const kept = keptTaps.get(key);
  if (kept !== undefined) return kept;
  const taps = cellTaps(GRID, length, pixels);
  if (keptTaps.size === MAX_KEPT_TAPS) keptTaps.clear();
  keptTaps.set(key, taps);
  return taps;
}

/**
 * The hash that a DCT has.
 * @param coefficients [16, 16]
 * @param steps of a whole percent between neighbouring samples; scaled so that most photographs reach a quality of 100
 */
export function pdqOf(coefficients: Float64Array, steps: number): PdqHash {
  return { hash: hashOf(coefficients), quality: Math.min(100, Math.floor(steps / 90)) };
}

/** Scaling, filtering and sampling in one: along each row, then down the columns. Shape [64, 64]. */
function sampleGrid(image: RgbImage, columns: CellTaps, rows: CellTaps): Float32Array {
  const { width, height } = image;
  const luma = new Float32Array(width);
  const narrow = new Float32Array(height * GRID);
  for (let y = 0; y < height; y += 1) {
    lumaRow(image, y, luma);
    for (let cell = 0; cell < GRID; cell += 1) {
      const end = columns.starts[cell + 1] as number;
      let read = columns.first[cell] as number;
      let sum = 0;
      for (let tap = columns.starts[cell] as number; tap < end; tap += 1, read += 1) {
        sum += (columns.weights[tap] as number) * (luma[read] as number);
      }
      narrow[y * GRID + cell] = sum;
    }
  }
  const grid = new Float32Array(GRID * GRID);
  for (let row = 0; row < GRID; row += 1) {
    const start = rows.starts[row] as number;
    const end = rows.starts[row + 1] as number;
    for (let tap = start; tap < end; tap += 1) {
      const read = ((rows.first[row] as number) + tap - start) * GRID;
      const weight = rows.weights[tap] as number;
      for (let cell = 0; cell < GRID; cell += 1) {
        grid[row * GRID + cell] = (grid[row * GRID + cell] as number) + weight * (narrow[read + cell] as number);
      }
    }
  }
  return grid;
}

/** Sum of whole-percent steps between neighbours. */
function gradientSteps(grid: Float32Array): number {
  let sum = 0;
  for (let row = 0; row < GRID; row += 1) {
    for (let column = 0; column < GRID; column += 1) {
      const at = row * GRID + column;
      const value = grid[at] as number;
      if (row + 1 < GRID) sum += Math.floor(Math.abs(value - (grid[at + GRID] as number)) * (100 / 255));
      if (column + 1 < GRID) sum += Math.floor(Math.abs(value - (grid[at + 1] as number)) * (100 / 255));
    }
  }
  return sum;
}

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
