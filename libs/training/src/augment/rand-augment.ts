import type { SeededRandom } from '@winnow/random';
import { adjustBrightness, adjustContrast, adjustSaturation, adjustSharpness } from './enhance-pixels';
import type { PixelImage } from './pixel-batch';
import { autocontrast, equalize, posterize, solarize } from './pixel-operations';
import { shearHorizontally, shearVertically, translate, turnByDegrees } from './warp-image';

export interface RandAugmentOptions {
  /** N: operations that an image goes through, one after the other; default 2. */
  readonly operations?: number;
  /** M: strength of all of them, 0..10; default 9. (torchvision's scale ends at 30 where this one ends at 10.) */
  readonly magnitude?: number;
}

/** @param strength 0..1 @param sign 1 or -1, for operations that have two directions */
type Operation = (image: PixelImage, strength: number, sign: number) => Uint8Array;

/** The fourteen operations of the paper, with the ranges of AutoAugment (Cubuk et al., CVPR 2019, table 6). */
export const RAND_AUGMENT_OPERATIONS = {
  identity: ({ pixels }) => pixels,
  autocontrast: (image) => autocontrast(image),
  equalize: (image) => equalize(image),
  rotate: (image, strength, sign) => turnByDegrees(image, sign * strength * 30),
  solarize: (image, strength) => solarize(image, 256 - Math.round(strength * 256)),
  color: (image, strength, sign) => adjustSaturation(image, 1 + sign * strength * 0.9),
  posterize: (image, strength) => posterize(image, 8 - Math.round(strength * 4)),
  contrast: (image, strength, sign) => adjustContrast(image, 1 + sign * strength * 0.9),
  brightness: (image, strength, sign) => adjustBrightness(image, 1 + sign * strength * 0.9),
  sharpness: (image, strength, sign) => adjustSharpness(image, 1 + sign * strength * 0.9),
  'shear-x': (image, strength, sign) => shearHorizontally(image, sign * strength * 0.3),
  'shear-y': (image, strength, sign) => shearVertically(image, sign * strength * 0.3),
  'translate-x': (image, strength, sign) => translate(image, { right: sign * strength * shift(image), down: 0 }),
  'translate-y': (image, strength, sign) => translate(image, { right: 0, down: sign * strength * shift(image) }),
} as const satisfies Record<string, Operation>;

const OPERATIONS: readonly Operation[] = Object.values(RAND_AUGMENT_OPERATIONS);

/**
 * N operations, drawn evenly and with replacement, all at strength M; warps are bilinear with black outside.
 * Cubuk et al., "RandAugment: Practical automated data augmentation with a reduced search space", NeurIPS 2020, figure 2.
 * @param random decides everything: the same stream gives the same image
 * @returns [size, size, 3]
 */
export function randAugment(
  image: PixelImage,
  random: SeededRandom,
  { operations = 2, magnitude = 9 }: RandAugmentOptions = {},
): Uint8Array {
  let current = image;
  for (let count = 0; count < operations; count += 1) {
    const operation = OPERATIONS[random.int(OPERATIONS.length)] as Operation;
    const sign = random.int(2) === 1 ? 1 : -1;
    current = { size: image.size, pixels: operation(current, magnitude / 10, sign) };
  }
  return current.pixels;
}

/** AutoAugment moves images of 331 px by up to 150. */
function shift({ size }: PixelImage): number {
  return (size * 150) / 331;
}
