import { areaResample } from '../resample/area-resample';
import { lessSurroundings } from './subtract-local-mean';
import { lumaRow } from '../resample/luma-of';
import type { RgbImage } from '../rgb-image';

/** Light of an image, shrunk. */
export interface LightPlane {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Luma, 0..255, [height, width]. */
  readonly luma: Float32Array;
  /** Luma less the mean of its surroundings, [height, width]. */
  readonly detail: Float32Array;
}

/** Light of one image at two sizes: made once, compared often. */
export interface AlignableImage {
  readonly coarse: LightPlane;
  readonly fine: LightPlane;
}

/** Longer side, pixels; smaller images stay as they are. */
export const COARSE_SIDE = 24;
const FINE_SIDE = 64;

/** Light of an image as `alignedFit` compares it: 40 kB. */
export function alignableImage(image: RgbImage): AlignableImage {
  const fine = planeOf(image, FINE_SIDE);
  return { coarse: shrink(fine, COARSE_SIDE), fine };
}

function planeOf(image: RgbImage, side: number): LightPlane {
  const { width, height } = image;
  return resampled({ width, height, readRow: (y, out) => lumaRow(image, y, out) }, side);
}

function shrink({ width, height, luma }: LightPlane, side: number): LightPlane {
  const readRow = (y: number, out: Float32Array): void => out.set(luma.subarray(y * width, (y + 1) * width));
  return resampled({ width, height, readRow }, side);
}

interface Rows {
  readonly width: number;
  readonly height: number;
  readonly readRow: (y: number, out: Float32Array) => void;
}

function resampled(rows: Rows, side: number): LightPlane {
  const scale = Math.min(1, side / Math.max(rows.width, rows.height));
  const width = Math.max(1, Math.round(rows.width * scale));
  const height = Math.max(1, Math.round(rows.height * scale));
  const luma = areaResample({ ...rows, channels: 1 }, width, height);
  return { width, height, luma, detail: lessSurroundings(luma, width, height) };
}
