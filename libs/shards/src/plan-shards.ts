import { WinnowError } from '@winnow/contracts';

/** When a shard is full. */
export interface ShardLimits {
  readonly maxSamples: number;
  /** Of the pictures, without tar headers. */
  readonly maxBytes: number;
}

/** A run of consecutive samples that go to one shard. */
export interface ShardPlan {
  /** Number of the shard, from 0. */
  readonly index: number;
  /** Place of its first sample in the list. */
  readonly start: number;
  readonly count: number;
  readonly sizeBytes: number;
}

/**
 * Cuts samples, in their order, into shards. A shard holds at least one sample, however large.
 * @throws WinnowError CONFIG_INVALID for limits under 1
 */
export function planShards(
  samples: readonly { readonly sizeBytes: number }[],
  { maxSamples, maxBytes }: ShardLimits,
): ShardPlan[] {
  if (!(maxSamples >= 1 && maxBytes >= 1)) {
    const message = `a shard of at most ${maxSamples} samples and ${maxBytes} bytes holds nothing`;
    throw new WinnowError('CONFIG_INVALID', message, { next: 'Allow at least 1 sample and 1 byte.' });
  }
  const plans: ShardPlan[] = [];
  let start = 0;
  let sizeBytes = 0;
  const close = (end: number): void => {
    if (end > start) plans.push({ index: plans.length, start, count: end - start, sizeBytes });
    start = end;
    sizeBytes = 0;
  };
  samples.forEach((sample, index) => {
    if (index - start >= maxSamples || sizeBytes + sample.sizeBytes > maxBytes) close(index);
    sizeBytes += sample.sizeBytes;
  });
  close(samples.length);
  return plans;
}
