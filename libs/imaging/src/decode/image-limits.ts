import type { Outcome } from '@winnow/contracts';

/** What an image must be like to be decoded at all. */
export interface ImageLimits {
  /** Width times height, as the header states them; checked before anything is decoded. */
  readonly maxPixels: number;
  /** Shortest side allowed, pixels. */
  readonly minSide: number;
  /** Longer side divided by shorter side. */
  readonly maxAspectRatio: number;
}

/** Limits for photographs from the web: no icons, no banners, no decompression bombs. */
export const DEFAULT_IMAGE_LIMITS: ImageLimits = { maxPixels: 50_000_000, minSide: 64, maxAspectRatio: 5 };

/**
 * For originals that are stored: what is decoded of them does not follow from a project's limits, which may change and are applied when
 * a build is planned. Only decompression bombs are refused.
 */
export const DECODE_LIMITS: ImageLimits = { maxPixels: 100_000_000, minSide: 1, maxAspectRatio: Infinity };

/** For images that are a person's own, not the web's: only absurd ones are refused. */
export const USER_IMAGE_LIMITS: ImageLimits = { maxPixels: 100_000_000, minSide: 1, maxAspectRatio: 1000 };

/** Only the limits, of what may hold much else: to be sent to another process. */
export function limitsOf({ maxPixels, minSide, maxAspectRatio }: ImageLimits): ImageLimits {
  return { maxPixels, minSide, maxAspectRatio };
}

/** Of one image. An allowed image of 100 megapixels takes about five on a processor of its own. */
export const MAX_DECODE_SECONDS = 60;

/** Why an image was refused; a value, not an exception: most of the web is like this. */
export interface ImageRefusal {
  readonly ok: false;
  readonly outcome: Outcome;
  /** For people, one line. */
  readonly detail: string;
}

/** A refusal. */
export function refuse(outcome: Outcome, detail: string): ImageRefusal {
  return { ok: false, outcome, detail };
}

/** The refusal that limits give for an image of this size, or null. */
export function checkDimensions(width: number, height: number, limits: ImageLimits): ImageRefusal | null {
  const size = `${width}x${height}`;
  if (!(width >= 1 && height >= 1)) return refuse('decode_error', `header states ${size} pixels`);
  if (width * height > limits.maxPixels) {
    return refuse('too_many_pixels', `${size} is more than ${limits.maxPixels} pixels`);
  }
  if (Math.min(width, height) < limits.minSide) {
    return refuse('too_small', `${size} has a side under ${limits.minSide} pixels`);
  }
  const ratio = Math.max(width, height) / Math.min(width, height);
  if (ratio > limits.maxAspectRatio) {
    return refuse('too_small', `${size} is longer than ${limits.maxAspectRatio}:1`);
  }
  return null;
}
