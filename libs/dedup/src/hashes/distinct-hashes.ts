import { HASH_WORDS } from './hamming-distance';

/** A list of hashes without repetitions. */
export interface DistinctHashes {
  /** [distinct, 8], in the order in which they first occur. */
  readonly words: Uint32Array;
  /** Row among the distinct ones of every hash of the list, [n]. */
  readonly rowOf: Uint32Array;
}

/**
 * Finds equal hashes, so that a thousand copies of one are one row and not half a million pairs.
 * @param words packed hashes, [n, 8]
 */
export function distinctHashes(words: Uint32Array): DistinctHashes {
  const count = words.length / HASH_WORDS;
  const rowOf = new Uint32Array(count);
  const firsts = new Uint32Array(count);
  // Open addressing; 0 is empty, else a row + 1.
  const table = new Uint32Array(2 ** Math.ceil(Math.log2(count * 2 + 2)));
  let distinct = 0;
  for (let index = 0; index < count; index += 1) {
    let place = digest(words, index) & (table.length - 1);
    while (table[place] !== 0 && !isEqual(words, index, firsts[(table[place] as number) - 1] as number)) {
      place = (place + 1) & (table.length - 1);
    }
    if (table[place] === 0) {
      firsts[distinct] = index;
      distinct += 1;
      table[place] = distinct;
    }
    rowOf[index] = (table[place] as number) - 1;
  }
  const packed = new Uint32Array(distinct * HASH_WORDS);
  for (let row = 0; row < distinct; row += 1) {
    const from = (firsts[row] as number) * HASH_WORDS;
    packed.set(words.subarray(from, from + HASH_WORDS), row * HASH_WORDS);
  }
  return { words: packed, rowOf };
}

function isEqual(words: Uint32Array, a: number, b: number): boolean {
  for (let word = 0; word < HASH_WORDS; word += 1) {
    if (words[a * HASH_WORDS + word] !== words[b * HASH_WORDS + word]) return false;
  }
  return true;
}

function digest(words: Uint32Array, index: number): number {
  let mixed = 0;
  for (let word = 0; word < HASH_WORDS; word += 1) {
    mixed = Math.imul(mixed ^ (words[index * HASH_WORDS + word] as number), 0x9e37_79b1);
    mixed ^= mixed >>> 15;
  }
  return mixed >>> 0;
}
