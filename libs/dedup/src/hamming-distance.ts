import { WinnowError } from '@winnow/contracts';

/** 32-bit words of a 256-bit hash. */
export const HASH_WORDS = 8;

/**
 * Parses 256-bit hashes of 64 hex digits each.
 * @returns shape [hashes, 8], most significant word first
 * @throws WinnowError FORMAT_INVALID for another length or digit
 */
export function hashWords(hashes: readonly string[]): Uint32Array {
  const words = new Uint32Array(hashes.length * HASH_WORDS);
  hashes.forEach((hash, index) => {
    if (!/^[0-9a-f]{64}$/i.test(hash)) {
      throw new WinnowError('FORMAT_INVALID', `"${hash}" is not a hash of 64 hex digits`, { where: `hash ${index}` });
    }
    for (let word = 0; word < HASH_WORDS; word += 1) {
      words[index * HASH_WORDS + word] = Number.parseInt(hash.slice(word * 8, word * 8 + 8), 16);
    }
  });
  return words;
}

/** Number of bits in which two 256-bit hashes of 64 hex digits differ, 0..256. */
export function hammingDistance(a: string, b: string): number {
  return wordsDistance(hashWords([a]), 0, hashWords([b]), 0);
}

/** Bits in which row i of `a` and row j of `b` differ, both of shape [n, 8]. */
export function wordsDistance(a: Uint32Array, i: number, b: Uint32Array, j: number): number {
  let bits = 0;
  for (let word = 0; word < HASH_WORDS; word += 1) {
    bits += popcount((a[i * HASH_WORDS + word] as number) ^ (b[j * HASH_WORDS + word] as number));
  }
  return bits;
}

/** Ones in a 32-bit integer, by adding neighbouring groups. */
function popcount(value: number): number {
  let bits = value - ((value >>> 1) & 0x5555_5555);
  bits = (bits & 0x3333_3333) + ((bits >>> 2) & 0x3333_3333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
