import type { SeededRandom } from '@winnow/random';
import type { PixelImage } from './pixel-batch';
import { throughTable, throughTables } from './enhance-pixels';
import { shearHorizontally, shearVertically, translate, turnByDegrees } from './warp-image';

/** An operation of AugMix; draws its own strength. @param severity 1..10 */
export type PixelOperation = (image: PixelImage, random: SeededRandom, severity: number) => Uint8Array;

/** Stretches each channel to 0..255; one of a single value stays. */
export function autocontrast({ pixels }: PixelImage): Uint8Array {
  return throughTables(pixels, (counts) => {
    const low = counts.findIndex((count) => count > 0);
    const high = counts.findLastIndex((count) => count > 0);
    return (value) => (high > low ? Math.round(((value - low) * 255) / (high - low)) : value);
  });
}

/** Histogram equalisation, each channel by itself: v -> 255 (cdf(v) - cdf(lowest)) / (n - cdf(lowest)). */
export function equalize({ pixels }: PixelImage): Uint8Array {
  return throughTables(pixels, (counts) => {
    const cumulative = new Float64Array(256);
    let sum = 0;
    for (let value = 0; value < 256; value += 1) cumulative[value] = sum += at(counts, value);
    const lowest = counts.find((count) => count > 0) ?? 0;
    const rest = pixels.length / 3 - lowest;
    return (value) => (rest === 0 ? value : Math.round((255 * Math.max(0, at(cumulative, value) - lowest)) / rest));
  });
}

/** Keeps the upper bits of every value. @param bits 1..8 */
export function posterize({ pixels }: PixelImage, bits: number): Uint8Array {
  const mask = 0xff & ~(0xff >> bits);
  return throughTable(pixels, (value) => value & mask);
}

/** Inverts values from a threshold on. @param threshold 0..256 */
export function solarize({ pixels }: PixelImage, threshold: number): Uint8Array {
  return throughTable(pixels, (value) => (value < threshold ? value : 255 - value));
}

/**
 * The nine operations of AugMix, none of which is among the usual corruption tests; strengths rise with severity.
 * Hendrycks et al., "AugMix", ICLR 2020, section 3 and appendix B.
 */
export const PIXEL_OPERATIONS = {
  autocontrast: (image) => autocontrast(image),
  equalize: (image) => equalize(image),
  posterize: (image, random, severity) => posterize(image, 4 - Math.floor(strength(random, severity) * 4)),
  rotate: (image, random, severity) => turnByDegrees(image, signed(random, strength(random, severity) * 30)),
  solarize: (image, random, severity) => solarize(image, 256 - Math.floor(strength(random, severity) * 256)),
  'shear-x': (image, random, severity) => shearHorizontally(image, signed(random, strength(random, severity) * 0.3)),
  'shear-y': (image, random, severity) => shearVertically(image, signed(random, strength(random, severity) * 0.3)),
  'translate-x': (image, random, severity) =>
    translate(image, { right: signed(random, (strength(random, severity) * image.size) / 3), down: 0 }),
  'translate-y': (image, random, severity) =>
    translate(image, { right: 0, down: signed(random, (strength(random, severity) * image.size) / 3) }),
} as const satisfies Record<string, PixelOperation>;

/** Uniform from .1 to severity, as a share of the strongest (10). */
function strength(random: SeededRandom, severity: number): number {
  return (0.1 + random.next() * (severity - 0.1)) / 10;
}

function signed(random: SeededRandom, amount: number): number {
  return random.int(2) === 1 ? amount : -amount;
}

function at(values: ArrayLike<number>, index: number): number {
  return values[index] as number;
}
