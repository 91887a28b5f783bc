import { WinnowError } from '@winnow/contracts';

/** 32-bit words of a 256-bit hash. */
export const HASH_WORDS = 8;
const HASH_DIGITS = 64;
const NO_DIGIT = 255;
/** Values of hex digits by their character codes. */
const DIGITS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  return /[0-9a-f]/i.test(character) ? Number.parseInt(character, 16) : NO_DIGIT;
});

/**
 * Parses 256-bit hashes of 64 hex digits each.
 * @returns shape [hashes, 8], most significant word first
 * @throws WinnowError FORMAT_INVALID for another length or digit
 */
export function hashWords(hashes: readonly string[]): Uint32Array {
  const words = new Uint32Array(hashes.length * HASH_WORDS);
  hashes.forEach((hash, index) => {
    let isHex = hash.length === HASH_DIGITS;
    for (let at = 0; at < HASH_DIGITS && isHex; at += 1) {
      const digit = DIGITS[hash.charCodeAt(at)] ?? NO_DIGIT;
      const place = index * HASH_WORDS + (at >> 3);
      words[place] = ((words[place] as number) << 4) | digit;
      isHex = digit !== NO_DIGIT;
    }
    if (isHex) return;
    throw new WinnowError('FORMAT_INVALID', `"${hash}" is not a hash of 64 hex digits`, { where: `hash ${index}` });
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

// Looked up once: the loops that count bits are hot.
const { imul } = Math;

/** Ones in a 32-bit integer, by adding neighbouring groups. */
export function popcount(value: number): number {
  let bits = value - ((value >>> 1) & 0x5555_5555);
  bits = (bits & 0x3333_3333) + ((bits >>> 2) & 0x3333_3333);
  return imul((bits + (bits >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
