import type { SeededRandom } from '@winnow/random';

export interface ResizedCropOptions {
  /** Share of the image's area, from and to; default .08 and 1. */
  readonly scale?: readonly [number, number];
  /** Width over height, from and to; default 3/4 and 4/3. */
  readonly ratio?: readonly [number, number];
}

const TRIES = 10;

/**
 * The region that Inception's crop takes: an even share of the area, a log-even aspect ratio, an even place; after ten
 * that do not fit, the largest middle part of a permitted ratio. The distribution of torchvision's RandomResizedCrop.
 * Szegedy et al., "Going Deeper with Convolutions", CVPR 2015, section 6.
 * @param image size in pixels
 * @returns whole pixels within the image
 */
export function randomRegion(
  image: { readonly width: number; readonly height: number },
  random: SeededRandom,
  { scale = [0.08, 1], ratio = [3 / 4, 4 / 3] }: ResizedCropOptions = {},
): { left: number; top: number; width: number; height: number } {
  const [lowRatio, highRatio] = [Math.log(ratio[0]), Math.log(ratio[1])];
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const area = image.width * image.height * (scale[0] + random.next() * (scale[1] - scale[0]));
    const aspect = Math.exp(lowRatio + random.next() * (highRatio - lowRatio));
    const width = Math.max(1, Math.round(Math.sqrt(area * aspect)));
    const height = Math.max(1, Math.round(Math.sqrt(area / aspect)));
    if (width > image.width || height > image.height) continue;
    const top = random.int(image.height - height + 1);
    const left = random.int(image.width - width + 1);
    return { left, top, width, height };
  }
  const aspect = Math.min(Math.max(image.width / image.height, ratio[0]), ratio[1]);
  const width = Math.max(1, Math.min(image.width, Math.round(image.height * aspect)));
  const height = Math.max(1, Math.min(image.height, Math.round(image.width / aspect)));
  return {
    left: Math.floor((image.width - width) / 2),
    top: Math.floor((image.height - height) / 2),
    width,
    height,
  };
}
