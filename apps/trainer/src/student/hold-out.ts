import { SeededRandom } from '@winnow/random';

/** Every tenth image, but no more: enough to measure agreement on. */
const HELD_OUT_FRACTION = 0.1;
const HELD_OUT_LIMIT = 2000;

/** A fixed random part of a pool to measure on, and the rest to train on; both sorted. */
export function holdOut(count: number): { readonly heldOut: readonly number[]; readonly kept: readonly number[] } {
  const order = [...new SeededRandom('hold-out').permutation(count)];
  const size = Math.min(HELD_OUT_LIMIT, Math.floor(count * HELD_OUT_FRACTION));
  const ascending = (a: number, b: number): number => a - b;
  return { heldOut: order.slice(0, size).sort(ascending), kept: order.slice(size).sort(ascending) };
}
