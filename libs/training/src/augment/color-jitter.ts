import type { SeededRandom } from '@winnow/random';
import { adjustBrightness, adjustContrast, adjustHue, adjustSaturation } from './enhance-pixels';
import type { PixelImage } from './pixel-batch';

/** Each default 0: left alone. */
export interface ColorJitterOptions {
  /** Factor drawn evenly from max(0, 1 - x) to 1 + x. */
  readonly brightness?: number | undefined;
  readonly contrast?: number | undefined;
  readonly saturation?: number | undefined;
  /** Turn drawn evenly from -x to x, 0..0.5 of a whole one. */
  readonly hue?: number | undefined;
}

/**
 * Brightness, contrast, saturation and hue, each by a factor of its own and in an order of its own: what torchvision's
 * ColorJitter of the same numbers draws from.
 * @param random decides everything: the same stream gives the same image
 * @returns [size, size, 3]
 */
export function colorJitter(image: PixelImage, random: SeededRandom, options: ColorJitterOptions): Uint8Array {
  const factor = (reach = 0): number => {
    const low = Math.max(0, 1 - reach);
    return low + random.next() * (1 + reach - low);
  };
  const { hue = 0 } = options;
  // Everything is drawn, used or not: the numbers of one setting do not depend on another.
  const turn = (2 * random.next() - 1) * hue;
  const changes = [
    { reach: options.brightness, amount: factor(options.brightness), apply: adjustBrightness },
    { reach: options.contrast, amount: factor(options.contrast), apply: adjustContrast },
    { reach: options.saturation, amount: factor(options.saturation), apply: adjustSaturation },
    { reach: hue, amount: turn, apply: adjustHue },
  ];
  let { pixels } = image;
  for (const { reach, amount, apply } of random.shuffle(changes)) {
    if (reach) pixels = apply({ size: image.size, pixels }, amount);
  }
  return pixels;
}
