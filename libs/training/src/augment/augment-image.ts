import type { SeededRandom } from '@winnow/random';
import { augMix } from './aug-mix';
import type { AugmentOptions } from './augment-options';
import { colorJitter } from './color-jitter';
import { cropFlip, mirror } from './crop-flip';
import type { PixelImage } from './pixel-batch';
import { randAugment } from './rand-augment';

/**
 * One image's view: basis, then RandAugment, AugMix and colour jitter where they are set. Mixing is the batch's.
 * @param image already cut to its region where the basis is `resized-crop`: then its memory is used for the result
 * @param random decides everything: the same stream gives the same view
 * @returns [size, size, 3]
 */
export function augmentImage(image: PixelImage, random: SeededRandom, options: AugmentOptions): Uint8Array {
  const { size } = image;
  let pixels = applyBasis(image, random, options);
  if (options.randAugment) pixels = randAugment({ size, pixels }, random, options.randAugment);
  if (options.augMix) pixels = augMix({ size, pixels }, random, options.augMix);
  if (options.colorJitter) pixels = colorJitter({ size, pixels }, random, options.colorJitter);
  return pixels;
}

function applyBasis(image: PixelImage, random: SeededRandom, { basis, padding }: AugmentOptions): Uint8Array {
  if (basis === 'none') return image.pixels;
  if (basis === 'crop-flip') return cropFlip(image, random, padding);
  if (random.int(2) === 1) mirror(image);
  return image.pixels;
}
