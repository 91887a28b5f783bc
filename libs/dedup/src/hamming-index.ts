import { HASH_WORDS, hashWords, wordsDistance } from './hamming-distance';

/** A hash within the radius of a search. */
export interface HammingHit {
  /** Place of the hash in the list that the index was built from. */
  readonly index: number;
  readonly distanceBits: number;
}

const SLOTS = 16;
const SLOT_VALUES = 65_536;
/** Below this many hashes, or above this radius, comparing all is as fast. */
const LINEAR_BELOW = 2048;
const MAX_INDEXED_RADIUS = 2 * SLOTS - 1;

/**
 * Exact radius search over 256-bit hashes by multi-index hashing (Norouzi, Punjani and Fleet, CVPR 2012). A hash is cut
 * into 16 slots of 16 bits: hashes at most 15 bits apart agree in one slot, at most 31 bits apart differ by at most
 * one bit in one slot. Finds what comparing all pairs finds.
 */
export class HammingIndex {
  readonly #words: Uint32Array;
  readonly #buckets: readonly SlotBuckets[] | null;
  /** Number of the last search that saw each hash. */
  readonly #seen: Uint32Array;
  #search = 0;
  readonly size: number;

  /**
   * @param hashes 64 hex digits each
   * @param options.linearBelow number of hashes under which no index is built
   * @throws WinnowError FORMAT_INVALID
   */
  constructor(hashes: readonly string[], options: { readonly linearBelow?: number } = {}) {
    this.size = hashes.length;
    this.#words = hashWords(hashes);
    this.#seen = new Uint32Array(this.size);
    const indexed = this.size >= (options.linearBelow ?? LINEAR_BELOW);
    this.#buckets = indexed ? Array.from({ length: SLOTS }, (_, slot) => new SlotBuckets(this.#words, slot)) : null;
  }

  /** Every hash at most `radiusBits` from `hash`, itself included, in list order. */
  search(hash: string, radiusBits: number): HammingHit[] {
    const query = hashWords([hash]);
    if (this.#buckets === null || radiusBits > MAX_INDEXED_RADIUS) return this.#searchAll(query, radiusBits);
    const hits: HammingHit[] = [];
    this.#search += 1;
    for (let slot = 0; slot < SLOTS; slot += 1) {
      const value = slotValue(query, 0, slot);
      this.#collect(slot, value, { query, radiusBits, hits });
      if (radiusBits < SLOTS) continue;
      for (let bit = 0; bit < 16; bit += 1) this.#collect(slot, value ^ (1 << bit), { query, radiusBits, hits });
    }
    return hits.sort((a, b) => a.index - b.index);
  }

  #collect(slot: number, value: number, search: Search): void {
    for (const index of (this.#buckets?.[slot] as SlotBuckets).members(value)) {
      if (this.#seen[index] === this.#search) continue;
      this.#seen[index] = this.#search;
      const distanceBits = wordsDistance(search.query, 0, this.#words, index);
      if (distanceBits <= search.radiusBits) search.hits.push({ index, distanceBits });
    }
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

/** The hashes sorted by their value in one slot. */
class SlotBuckets {
  /** Where each value's members start, [65536 + 1]. */
  readonly #starts = new Uint32Array(SLOT_VALUES + 1);
  readonly #members: Uint32Array;

  constructor(words: Uint32Array, slot: number) {
    const count = words.length / HASH_WORDS;
    this.#members = new Uint32Array(count);
    const starts = this.#starts;
    for (let index = 0; index < count; index += 1) {
      const value = slotValue(words, index, slot);
      starts[value + 1] = (starts[value + 1] as number) + 1;
    }
    for (let value = 0; value < SLOT_VALUES; value += 1) {
      starts[value + 1] = (starts[value + 1] as number) + (starts[value] as number);
    }
    const next = starts.slice(0, SLOT_VALUES);
    for (let index = 0; index < count; index += 1) {
      const value = slotValue(words, index, slot);
      const place = next[value] as number;
      this.#members[place] = index;
      next[value] = place + 1;
    }
  }

  members(value: number): Uint32Array {
    return this.#members.subarray(this.#starts[value], this.#starts[value + 1]);
  }
}

function slotValue(words: Uint32Array, index: number, slot: number): number {
  const word = words[index * HASH_WORDS + (slot >> 1)] as number;
  return (slot & 1) === 0 ? word >>> 16 : word & 0xffff;
}
