import type { ImageSize } from '../compare/pdq-hash';
import type { ImageRegion } from '../resample/image-region';

/** How sharp makes a JPEG smaller, so that the codec can do the same. */
export interface ResizePlan {
  /** The decoder leaves out all but every second, fourth or eighth pixel, 1 none. */
  readonly denominator: 1 | 2 | 4 | 8;
  /** Of the image as it is decoded: sharp drops pixels that the border cuts. */
  readonly decoded: ImageSize;
  /** Source by target length: of columns, of lines. 1 or more and less than 4. */
  readonly shrink: readonly [number, number];
  readonly kernel: ResizeKernel;
  /** What is kept of the resized image. */
  readonly part: ImageRegion;
}

export type ResizeKernel = 'lanczos3' | 'linear';

/** As sharp's `fit`, without those that add a border or look for something in the image. */
export type ResizeFit = 'fill' | 'cover' | 'outside' | 'inside';

/** Above this, libvips averages blocks of pixels first. */
const MAX_SHRINK = 4;

/**
 * The steps of sharp 0.35 for `resize(width, height, { fit, kernel, withoutEnlargement: true })`.
 * @param image as it lies in the file, upright
 * @returns null where it would be enlarged along an axis, or made much smaller along one: those sharp makes
 */
export function planResize(
  image: ImageSize,
  to: ImageSize,
  { fit, kernel }: { readonly fit: ResizeFit; readonly kernel: ResizeKernel },
): ResizePlan | null {
  const denominator = denominatorOf(Math.min(...shrinksOf(image, to, fit)));
  const decoded = {
    width: Math.floor(image.width / denominator),
    height: Math.floor(image.height / denominator),
  };
  const [across, down] = shrinksOf(decoded, to, fit);
  // Both factors are turned over twice on their way to libvips.
  const shrink = [1 / (1 / across), 1 / (1 / down)] as const;
  if (!shrink.every((factor) => factor >= 1 && factor < MAX_SHRINK)) return null;
  const resized = {
    width: Math.floor(decoded.width / shrink[0] + 0.5),
    height: Math.floor(decoded.height / shrink[1] + 0.5),
  };
  return {
    denominator,
    decoded,
    shrink,
    kernel,
    part: fit === 'cover' ? middle(resized, to) : { left: 0, top: 0, ...resized },
  };
}

/** Source by target length along both axes; `inside` never enlarges. */
function shrinksOf(image: ImageSize, to: ImageSize, fit: ResizeFit): readonly [number, number] {
  const [across, down] = [image.width / to.width, image.height / to.height];
  if (fit === 'fill') return [across, down];
  const both = fit === 'inside' ? Math.max(across, down, 1) : Math.min(across, down);
  return [Math.min(both, image.width), Math.min(both, image.height)];
}

/** The decoder's own shrinking, which leaves more than a factor of one to the kernel. */
function denominatorOf(shrink: number): ResizePlan['denominator'] {
  if (shrink >= 9) return 8;
  if (shrink >= 5) return 4;
  return shrink >= 3 ? 2 : 1;
}

function middle(image: ImageSize, to: ImageSize): ImageRegion {
  const { width, height } = { width: Math.min(image.width, to.width), height: Math.min(image.height, to.height) };
  const start = (length: number, kept: number): number => Math.floor((length - kept + 1) / 2);
  return { left: start(image.width, to.width), top: start(image.height, to.height), width, height };
}
