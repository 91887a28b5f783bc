import type { SeededRandom } from '@winnow/random';
import type { PixelBatch } from './pixel-batch';

export interface BatchMixOptions {
  /** Both parameters of mixup's Beta distribution; none: no mixup. */
  readonly mixup?: number | undefined;
  /** The same of CutMix. With both, each step draws which of them it takes. */
  readonly cutmix?: number | undefined;
}

/** What was mixed, by place in the batch. */
export interface BatchMix {
  /** Partner of each image, [count]. */
  readonly order: Int32Array;
  /** Part of each image that is still its own, 0..1; its label has the same share, its partner's the rest. */
  readonly fraction: number;
}

/**
 * Mixes each image of a batch with a partner, by mixup or CutMix, with one strength (and one box) a batch.
 * @param random of the step: partners depend on the whole batch
 * @returns the mixed images, bytes, with what was mixed
 */
export function mixBatch(
  batch: PixelBatch,
  random: SeededRandom,
  { mixup, cutmix }: BatchMixOptions,
): { readonly batch: PixelBatch; readonly mix: BatchMix } {
  const cuts = mixup === undefined || (cutmix !== undefined && random.int(2) === 1);
  const alpha = (cuts ? cutmix : mixup) as number;
  const lambda = random.beta(alpha, alpha);
  const order = random.permutation(batch.count);
  const { pixels, share: fraction } = cuts
    ? cutMix(batch, order, randomBox(batch.size, lambda, random))
    : blendPixels(batch, order, lambda);
  return { batch: { count: batch.count, size: batch.size, pixels }, mix: { order, fraction } };
}

/**
 * mixup on bytes: `lambda x_i + (1 - lambda) x_order[i]`, rounded; lambda itself is rounded to 1/256, so that whole
 * numbers do.
 * Zhang et al., "mixup: Beyond Empirical Risk Minimization", ICLR 2018, equation 1.
 * @param order partner of each image, [count]
 * @param lambda 0..1
 */
export function blendPixels(
  { count, size, pixels }: PixelBatch,
  order: ArrayLike<number>,
  lambda: number,
): { readonly pixels: Uint8Array; readonly share: number } {
  const own = Math.round(lambda * 256);
  const length = size * size * 3;
  const result = new Uint8Array(pixels.length);
  for (let image = 0; image < count; image += 1) {
    let other = (order[image] as number) * length;
    for (let at = image * length; at < (image + 1) * length; at += 1, other += 1) {
      result[at] = (own * (pixels[at] as number) + (256 - own) * (pixels[other] as number) + 128) >> 8;
    }
  }
  return { pixels: result, share: own / 256 };
}

/** Pixels from `left` and `top` on, up to but without `right` and `bottom`. */
export interface PixelBox {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * CutMix: a box of each image is its partner's; the share is what the box leaves.
 * Yun et al., "CutMix: Regularization Strategy to Train Strong Classifiers with Localizable Features", ICCV 2019,
 * equation 1.
 * @param order partner of each image, [count]
 */
export function cutMix(
  { count, size, pixels }: PixelBatch,
  order: ArrayLike<number>,
  box: PixelBox,
): { readonly pixels: Uint8Array; readonly share: number } {
  const result = Uint8Array.from(pixels);
  for (let image = 0; image < count; image += 1) {
    for (let y = box.top; y < box.bottom; y += 1) {
      const from = (((order[image] as number) * size + y) * size + box.left) * 3;
      const to = ((image * size + y) * size + box.left) * 3;
      result.set(pixels.subarray(from, from + (box.right - box.left) * 3), to);
    }
  }
  return { pixels: result, share: 1 - ((box.right - box.left) * (box.bottom - box.top)) / (size * size) };
}

/** A box of area 1 - lambda around an even centre, cut where it leaves the image (the paper's equation 2). */
export function randomBox(size: number, lambda: number, random: SeededRandom): PixelBox {
  const half = Math.trunc(size * Math.sqrt(1 - lambda)) / 2;
  const [x, y] = [random.int(size), random.int(size)];
  const within = (value: number): number => Math.min(size, Math.max(0, Math.floor(value)));
  return { left: within(x - half), top: within(y - half), right: within(x + half), bottom: within(y + half) };
}
