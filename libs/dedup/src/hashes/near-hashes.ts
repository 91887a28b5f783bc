import type { Found } from '../clusters/greedy-star-clustering';
import { distinctHashes } from './distinct-hashes';
import { HASH_WORDS, wordsDistance } from './hamming-distance';
import { HammingIndex } from './hamming-index';
import { flipWords } from './mirror-hash';
import { nearPairs } from './near-pairs';
import type { NearPairOptions } from './near-pairs';
import { listAt, listMembers } from '../pairs/row-lists';

export interface NearHashOptions extends Pick<NearPairOptions, 'radiusBits' | 'workers' | 'pairLimit'> {
  /** Largest distance of a hash from what another would be in a mirror; such ones are near, too. Default: none are. */
  readonly flipRadiusBits?: number;
}

/** Calls `found` for every hash near one of the list, itself included; equal hashes are 0 apart. */
export type VisitNear = (index: number, found: Found) => void;

type NearRows = (row: number, found: Found) => void;

/**
 * Prepares look-ups of what is near each hash of a list: all pairs are found first; only where there are too many to
 * list them is the index searched for one hash after the other.
 * @param words packed hashes, [n, 8]; equal ones may occur
 * @throws WinnowError INTERNAL where a thread ends early
 */
export async function nearHashes(
  words: Uint32Array,
  { flipRadiusBits, ...options }: NearHashOptions,
): Promise<VisitNear> {
  const distinct = distinctHashes(words);
  const equal = listMembers(distinct.rowOf, distinct.words.length / HASH_WORDS);
  const sources = [await prepareRows(distinct.words, options)];
  if (flipRadiusBits !== undefined) {
    sources.push(await prepareRows(distinct.words, { ...options, radiusBits: flipRadiusBits, flipped: true }));
  }
  return (index, found) => {
    const row = distinct.rowOf[index] as number;
    for (const other of listAt(equal, row)) found(other, 0, false);
    for (const visitRows of sources) {
      visitRows(row, (near, distance, flipped) => {
        for (const other of listAt(equal, near)) found(other, distance, flipped);
      });
    }
  };
}

async function prepareRows(words: Uint32Array, options: NearPairOptions): Promise<NearRows> {
  const { radiusBits, flipped = false } = options;
  const hashAt = (row: number): Uint32Array => {
    const hash = words.subarray(row * HASH_WORDS, (row + 1) * HASH_WORDS);
    return flipped ? flipWords(hash) : hash;
  };
  const pairs = await nearPairs(words, options);
  if (pairs !== null) {
    return (row, found) => {
      const hash = hashAt(row);
      for (const other of listAt(pairs, row)) found(other, wordsDistance(hash, 0, words, other), flipped);
    };
  }
  const index = new HammingIndex(words);
  return (row, found) => {
    for (const hit of index.search(hashAt(row), radiusBits)) {
      if (hit.index !== row) found(hit.index, hit.distanceBits, flipped);
    }
  };
}
