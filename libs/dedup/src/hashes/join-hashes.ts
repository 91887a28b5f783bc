import { HASH_WORDS, popcount } from './hamming-distance';
import { slotMasks, slotRadius, SLOTS, SLOT_VALUES, slotValue, sortBySlot } from './hash-slots';
import type { PairSink } from '../pairs/pair-sink';

/** Asks for all pairs of rows whose hashes are near; plain data on shared memory. */
export interface HashJoin {
  readonly kind: 'hashes';
  /** [n, 8], all different. */
  readonly words: Uint32Array;
  readonly radiusBits: number;
  /** Bits of every word that are turned over in one hash of a pair first; 0: none. Equal halves. */
  readonly flipWord: number;
  /** Every row with every other, without slots. */
  readonly compareAll: boolean;
}

/** Parts into which the work is cut: one for each slot. */
export const HASH_JOIN_PARTS = SLOTS;

/** Finds one part's pairs, each in one part only. */
export function joinHashes(join: HashJoin, part: number, sink: PairSink): void {
  if (join.compareAll) compareStrip(join, part, sink);
  else joinSlot(join, part, sink);
}

/** Rows `part`, `part` + 16, ... with all later ones. */
function compareStrip(join: HashJoin, part: number, sink: PairSink): void {
  const count = join.words.length / HASH_WORDS;
  for (let row = part; row < count && !sink.isOverLimit; row += HASH_JOIN_PARTS) {
    for (let other = row + 1; other < count; other += 1) {
      if (distance(join, row, other) <= join.radiusBits) sink.push(row, other);
    }
  }
}

/**
 * Pairs that this slot is the first to tell. By the pigeonring principle (Qin and Xiao, VLDB 2018) the 16 slots of a
 * pair at most r bits apart have one among them, in a ring, from which every run of l slots differs in at most l r / 16
 * bits: buckets that differ by r / 16 bits are compared, and of those pairs whose runs of three fit, whole hashes.
 */
function joinSlot(join: HashJoin, slot: number, sink: PairSink): void {
  const { starts, rows } = sortBySlot(join.words, slot);
  const masks = slotMasks(slotRadius(join.radiusBits));
  const runBits = runLimit(join.radiusBits);
  const runs = masks.map((mask) => runBits - popcount(mask));
  const flip = join.flipWord & (SLOT_VALUES - 1);
  const bench = { join, slot, rows, next: followingSlots(join.words, rows, slot), sink };
  let start = 0;
  while (start < rows.length && !sink.isOverLimit) {
    const value = slotValue(join.words, rows[start] as number, slot);
    const end = starts[value + 1] as number;
    for (let index = 0; index < masks.length; index += 1) {
      const other = value ^ (masks[index] as number) ^ flip;
      const [otherStart, otherEnd] = [starts[other] as number, starts[other + 1] as number];
      if (other < value || otherStart === otherEnd) continue;
      compareBuckets(bench, { start, end, otherStart, otherEnd, limit: runs[index] as number });
    }
    start = end;
  }
}

/** Bits in which three slots in a row differ at most. */
function runLimit(radiusBits: number): number {
  return Math.floor((3 * radiusBits) / SLOTS);
}

/** The two slots after `slot` as one word, in the order of `rows`: what is compared together lies together. */
function followingSlots(words: Uint32Array, rows: Uint32Array, slot: number): Int32Array {
  const next = new Int32Array(rows.length);
  const [first, second] = [(slot + 1) % SLOTS, (slot + 2) % SLOTS];
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index] as number;
    next[index] = (slotValue(words, row, first) << 16) | slotValue(words, row, second);
  }
  return next;
}

interface Workbench {
  readonly join: HashJoin;
  readonly slot: number;
  readonly rows: Uint32Array;
  readonly next: Int32Array;
  readonly sink: PairSink;
}

interface BucketPair {
  readonly start: number;
  readonly end: number;
  readonly otherStart: number;
  readonly otherEnd: number;
  /** Bits in which the two following slots differ at most. */
  readonly limit: number;
}

/** The hot loop. */
function compareBuckets(bench: Workbench, { start, end, otherStart, otherEnd, limit }: BucketPair): void {
  const { next, join, sink } = bench;
  const isSame = start === otherStart;
  // Near-equal hashes all lie in few buckets: the limit is looked at in them, too.
  for (let a = start; a < end && !sink.isOverLimit; a += 1) {
    const own = (next[a] as number) ^ join.flipWord;
    for (let b = isSame ? a + 1 : otherStart; b < otherEnd; b += 1) {
      if (popcount(own ^ (next[b] as number)) <= limit) compareWhole(bench, a, b);
    }
  }
}

function compareWhole({ join, slot, rows, sink }: Workbench, a: number, b: number): void {
  const [left, right] = [rows[a] as number, rows[b] as number];
  if (distance(join, left, right) > join.radiusBits) return;
  for (let earlier = 0; earlier < slot; earlier += 1) if (tells(join, earlier, left, right)) return;
  sink.push(left, right);
}

function distance({ words, flipWord }: HashJoin, a: number, b: number): number {
  let bits = 0;
  for (let word = 0; word < HASH_WORDS; word += 1) {
    const [x, y] = [words[a * HASH_WORDS + word] as number, words[b * HASH_WORDS + word] as number];
    bits += popcount(x ^ y ^ flipWord);
  }
  return bits;
}

/** Whether a near pair is found by a slot. */
function tells(join: HashJoin, slot: number, a: number, b: number): boolean {
  const first = slotDistance(join, slot, a, b);
  if (first > slotRadius(join.radiusBits)) return false;
  const run = first + slotDistance(join, slot + 1, a, b) + slotDistance(join, slot + 2, a, b);
  return run <= runLimit(join.radiusBits);
}

function slotDistance({ words, flipWord }: HashJoin, slot: number, a: number, b: number): number {
  const flip = flipWord & (SLOT_VALUES - 1);
  return popcount(slotValue(words, a, slot % SLOTS) ^ slotValue(words, b, slot % SLOTS) ^ flip);
}
