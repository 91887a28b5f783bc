import type { NoiseKind } from '@winnow/contracts';

/** In the order of the tables. */
export const NOISE_KIND_NAMES: readonly NoiseKind[] = ['clean', 'closed', 'open'];

const Z = 1.959963984540054;

/** Looks after which Wilson's 95 % interval is that narrow, as if the share stayed so: what a plan is about to cost. */
export function looksFor(share: number, halfWidth: number): number {
  const p = Math.min(0.99, Math.max(0.01, share));
  const halfOf = (n: number): number => (Z * Math.sqrt((p * (1 - p)) / n + Z ** 2 / (4 * n ** 2))) / (1 + Z ** 2 / n);
  let [low, high] = [1, 1_000_000];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (halfOf(middle) <= halfWidth) high = middle;
    else low = middle + 1;
  }
  return low;
}
