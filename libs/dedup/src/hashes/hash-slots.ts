import { HASH_WORDS } from './hamming-distance';

/** A 256-bit hash is cut into 16 slots of 16 bits. */
export const SLOTS = 16;
export const SLOT_VALUES = 65_536;
/** Hashes up to this far apart are found by their slots. */
export const MAX_SLOT_RADIUS_BITS = 3 * SLOTS - 1;

/** Bits of slot `slot` of row `index`; slot 0 holds the most significant ones. */
export function slotValue(words: Uint32Array, index: number, slot: number): number {
  const word = words[index * HASH_WORDS + (slot >> 1)] as number;
  return (slot & 1) === 0 ? word >>> 16 : word & 0xffff;
}

/** Hashes at most `radiusBits` apart differ by at most this in one of their slots: else 16 slots would add up to more. */
export function slotRadius(radiusBits: number): number {
  return Math.floor(radiusBits / SLOTS);
}

/** All 16-bit numbers with at most `radius` ones, fewest first: 1, 17 or 137 of them for 0, 1 and 2. */
export function slotMasks(radius: number): Uint16Array {
  const masks = [0];
  let widest = [0];
  for (let ones = 1; ones <= radius; ones += 1) {
    // One more bit, below the lowest one: each number comes once.
    widest = widest.flatMap((mask) => lowerBits(mask).map((bit) => mask | bit));
    masks.push(...widest);
  }
  return Uint16Array.from(masks);
}

function lowerBits(mask: number): number[] {
  const lowest = mask === 0 ? SLOT_VALUES : mask & -mask;
  return Array.from({ length: Math.log2(lowest) }, (_, place) => 2 ** place);
}

/** The rows of packed hashes by their value in one slot: a counting sort. */
export interface SlotBuckets {
  /** Where the rows of each value start, [65536 + 1]. */
  readonly starts: Uint32Array;
  /** Rows, in list order within a value. */
  readonly rows: Uint32Array;
}

/** @param words [n, 8] */
export function sortBySlot(words: Uint32Array, slot: number): SlotBuckets {
  const count = words.length / HASH_WORDS;
  const starts = new Uint32Array(SLOT_VALUES + 1);
  for (let index = 0; index < count; index += 1) {
    const value = slotValue(words, index, slot);
    starts[value + 1] = (starts[value + 1] as number) + 1;
  }
  for (let value = 0; value < SLOT_VALUES; value += 1) {
    starts[value + 1] = (starts[value + 1] as number) + (starts[value] as number);
  }
  const next = starts.slice(0, SLOT_VALUES);
  const rows = new Uint32Array(count);
  for (let index = 0; index < count; index += 1) {
    const value = slotValue(words, index, slot);
    const place = next[value] as number;
    rows[place] = index;
    next[value] = place + 1;
  }
  return { starts, rows };
}
