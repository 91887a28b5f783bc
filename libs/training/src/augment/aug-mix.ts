import type { SeededRandom } from '@winnow/random';
import type { PixelImage } from './pixel-batch';
import { PIXEL_OPERATIONS, type PixelOperation } from './pixel-operations';

export interface AugMixOptions {
  /** Chains that are mixed; default 3. */
  readonly width?: number;
  /** Longest chain; each draws its length from 1 to this; default 3. */
  readonly depth?: number;
  /** 1..10; default 1, as the paper trains. */
  readonly severity?: number;
}

const OPERATIONS: readonly PixelOperation[] = Object.values(PIXEL_OPERATIONS);

/**
 * AugMix: `(1 - m) x + m sum_i w_i chain_i(x)` with w ~ Dirichlet(1, ..., 1), m ~ Beta(1, 1), rounded to bytes.
 * Hendrycks et al., "AugMix: A Simple Data Processing Method to Improve Robustness and Uncertainty", ICLR 2020,
 * algorithm 1 (without its consistency loss).
 * @param random decides everything: the same stream gives the same image
 * @returns [size, size, 3]
 */
export function augMix(image: PixelImage, random: SeededRandom, options: AugMixOptions = {}): Uint8Array {
  const { width = 3, depth = 3, severity = 1 } = options;
  const weights = Array.from({ length: width }, () => random.gamma(1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const fraction = random.next();
  const mixed = new Float32Array(image.pixels.length);
  for (let at = 0; at < mixed.length; at += 1) mixed[at] = (image.pixels[at] as number) * (1 - fraction);
  for (const weight of weights) {
    const chain = applyChain(image, random, { length: 1 + random.int(depth), severity });
    const factor = (fraction * weight) / total;
    for (let at = 0; at < mixed.length; at += 1) {
      mixed[at] = (mixed[at] as number) + factor * (chain[at] as number);
    }
  }
  // Adding a half and cutting off rounds; the sum of shares is 1 up to float32's error, far below a half.
  const pixels = new Uint8Array(mixed.length);
  for (let at = 0; at < mixed.length; at += 1) pixels[at] = (mixed[at] as number) + 0.5;
  return pixels;
}

function applyChain(
  image: PixelImage,
  random: SeededRandom,
  { length, severity }: { readonly length: number; readonly severity: number },
): Uint8Array {
  let current = image;
  for (let index = 0; index < length; index += 1) {
    const operation = OPERATIONS[random.int(OPERATIONS.length)] as PixelOperation;
    current = { size: image.size, pixels: operation(current, random, severity) };
  }
  return current.pixels;
}
