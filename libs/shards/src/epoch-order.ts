import { SeededRandom } from '@winnow/random';

/**
 * The order in which an epoch takes samples 0..count-1: a full shuffle from (seed, epoch) alone, so that a run resumes
 * exactly by `order.subarray(position)`.
 * @param epoch from 1
 */
export function epochOrder(count: number, seed: number | string, epoch: number): Int32Array {
  return new SeededRandom(seed).fork('epoch', epoch).permutation(count);
}

/** How an order is cut. */
export interface BatchOptions {
  /** Position in the order to go on from, samples. Default 0. */
  readonly from?: number;
  /** Leave out a last batch that is not full. Default false. */
  readonly dropLast?: boolean;
}

/** Cuts an order into batches, as views. @throws RangeError unless batchSize is a positive integer */
export function* batches(
  order: Int32Array,
  batchSize: number,
  { from = 0, dropLast = false }: BatchOptions = {},
): Generator<Int32Array> {
  if (!Number.isInteger(batchSize) || batchSize < 1) throw new RangeError(`batch size ${batchSize} is not positive`);
  for (let start = from; start < order.length; start += batchSize) {
    if (dropLast && start + batchSize > order.length) return;
    yield order.subarray(start, start + batchSize);
  }
}
