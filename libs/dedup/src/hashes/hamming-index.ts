import { HASH_WORDS, hashWords, wordsDistance } from './hamming-distance';
import { MAX_SLOT_RADIUS_BITS, slotMasks, slotRadius, SLOTS, slotValue, sortBySlot } from './hash-slots';
import type { SlotBuckets } from './hash-slots';

/** A hash within the radius of a search. */
export interface HammingHit {
  /** Place of the hash in the list that the index was built from. */
  readonly index: number;
  readonly distanceBits: number;
}

/** With fewer hashes than this, by slot radius, comparing all is as fast. */
const LINEAR_BELOW = [256, 2048, 2048];

/**
 * Exact radius search over 256-bit hashes by multi-index hashing (Norouzi, Punjani and Fleet, CVPR 2012). A hash is cut
 * into 16 slots of 16 bits: hashes at most 15 bits apart agree in one slot, at most 31 (47) bits apart differ by at
 * most one bit (two bits) in one slot. Farther radii are searched by comparing all. Finds what comparing all finds.
 * A million hashes take 32 MB, and 72 MB for the slots, which are sorted by the first search.
 */
export class HammingIndex {
  readonly size: number;
  readonly #words: Uint32Array;
  readonly #linearBelow: number | undefined;
  /** Number of the last search that saw each hash. */
  readonly #seen: Uint32Array;
  readonly #masks = new Map<number, Uint16Array>();
  #buckets: readonly SlotBuckets[] | null = null;
  #search = 0;

  /**
   * @param hashes 64 hex digits each, or packed, [n, 8], most significant word first; packed ones are not copied
   * @param options.linearBelow number of hashes under which no index is built
   * @throws WinnowError FORMAT_INVALID
   */
  constructor(hashes: readonly string[] | Uint32Array, options: { readonly linearBelow?: number } = {}) {
    this.#words = ArrayBuffer.isView(hashes) ? hashes : hashWords(hashes);
    this.size = this.#words.length / HASH_WORDS;
    this.#linearBelow = options.linearBelow;
    this.#seen = new Uint32Array(this.size);
  }

  /**
   * Every hash at most `radiusBits` from `hash`, itself included, in list order.
   * @param hash 64 hex digits, or its 8 words
   * @throws WinnowError FORMAT_INVALID
   */
  search(hash: string | Uint32Array, radiusBits: number): HammingHit[] {
    const query = typeof hash === 'string' ? hashWords([hash]) : hash;
    const radius = slotRadius(radiusBits);
    const linearBelow = this.#linearBelow ?? LINEAR_BELOW[radius] ?? 0;
    if (radiusBits > MAX_SLOT_RADIUS_BITS || this.size < linearBelow) return this.#searchAll(query, radiusBits);
    this.#buckets ??= Array.from({ length: SLOTS }, (_, slot) => sortBySlot(this.#words, slot));
    return this.#searchBuckets(this.#buckets, query, radiusBits) ?? this.#searchAll(query, radiusBits);
  }

  /** Null where so many hashes are near the query that comparing all of them, once each, is less work. */
  #searchBuckets(buckets: readonly SlotBuckets[], query: Uint32Array, radiusBits: number): HammingHit[] | null {
    const hits: HammingHit[] = [];
    const masks = this.#masksOf(slotRadius(radiusBits));
    let candidates = 0;
    this.#search += 1;
    for (const [slot, { starts, rows }] of buckets.entries()) {
      const value = slotValue(query, 0, slot);
      for (const mask of masks) {
        const near = value ^ mask;
        const [start, end] = [starts[near] as number, starts[near + 1] as number];
        candidates += end - start;
        if (candidates > this.size) return null;
        for (let place = start; place < end; place += 1) {
          this.#compare(rows[place] as number, { query, radiusBits, hits });
        }
      }
    }
    return hits.sort((a, b) => a.index - b.index);
  }

  #compare(index: number, { query, radiusBits, hits }: Search): void {
    if (this.#seen[index] === this.#search) return;
    this.#seen[index] = this.#search;
    const distanceBits = wordsDistance(query, 0, this.#words, index);
    if (distanceBits <= radiusBits) hits.push({ index, distanceBits });
  }

  #masksOf(radius: number): Uint16Array {
    const masks = this.#masks.get(radius) ?? slotMasks(radius);
    this.#masks.set(radius, masks);
    return masks;
  }

  #searchAll(query: Uint32Array, radiusBits: number): HammingHit[] {
    const hits: HammingHit[] = [];
    for (let index = 0; index < this.size; index += 1) {
      const distanceBits = wordsDistance(query, 0, this.#words, index);
      if (distanceBits <= radiusBits) hits.push({ index, distanceBits });
    }
    return hits;
  }
}

interface Search {
  readonly query: Uint32Array;
  readonly radiusBits: number;
  readonly hits: HammingHit[];
}
