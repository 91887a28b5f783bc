import { HASH_WORDS } from './hamming-distance';
import { MAX_SLOT_RADIUS_BITS } from './hash-slots';
import { joinInThreads } from '../pairs/join-in-threads';
import { FLIP_WORD } from './mirror-hash';
import { toNeighbourLists } from '../pairs/neighbour-lists';
import type { RowLists } from '../pairs/row-lists';

export interface NearPairOptions {
  /** Largest distance of a pair. Up to 47 slots spare most comparisons; beyond, all pairs are compared. */
  readonly radiusBits: number;
  /** Pairs of which one is near what the other would be in a mirror, instead. Default false. */
  readonly flipped?: boolean;
  /** Threads; 1: in this one. Default 1. */
  readonly workers?: number;
  /** Pairs over which the search is given up; their lists take 16 bytes each. Default 2^24. */
  readonly pairLimit?: number;
  /** Compare all pairs. Default: beyond 47 bits, and where that is less work. */
  readonly compareAll?: boolean;
}

const PAIR_LIMIT = 2 ** 24;
/** With fewer hashes the slots are more work than they save. */
const COMPARE_ALL_BELOW = 512;

/**
 * All pairs of near hashes, by multi-index hashing (see `HammingIndex`), slot by slot, in memory order. The result is what comparing all finds, for any number of workers.
 * @param words packed hashes, [n, 8], all different (`distinctHashes`): equal ones would be pairs without number
 * @returns null where there are more pairs than `pairLimit`
 * @throws WinnowError INTERNAL where a thread ends early
 */
export async function nearPairs(words: Uint32Array, options: NearPairOptions): Promise<RowLists | null> {
  const { radiusBits, flipped = false, workers = 1, pairLimit = PAIR_LIMIT } = options;
  const count = words.length / HASH_WORDS;
  const compareAll = options.compareAll ?? (radiusBits > MAX_SLOT_RADIUS_BITS || count < COMPARE_ALL_BELOW);
  const join = { kind: 'hashes', words, radiusBits, flipWord: flipped ? FLIP_WORD : 0, compareAll } as const;
  const chunks = await joinInThreads(join, workers, pairLimit);
  return chunks && toNeighbourLists(count, chunks);
}
