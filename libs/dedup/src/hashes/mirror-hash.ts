import { hashWords } from './hamming-distance';

/**
 * The bits of a word of a PDQ hash that turn over in a mirror (left and right exchanged). Bit k stands for horizontal
 * frequency k mod 16 + 1, and the cosines of odd frequencies change their sign.
 */
export const FLIP_WORD = 0x5555_5555;

/**
 * What a limit of distance gains for flipped copies. PDQ's windows of even width reach one pixel further to one side,
 * so the hash of the flipped pixels is 8 to 24 bits (median) from what the bits say; unrelated images are 90 apart.
 */
export const FLIP_SLACK_BITS = 16;

/**
 * What the PDQ hash of an image becomes in a mirror, but for about FLIP_SLACK_BITS.
 * @param hash 64 hex digits
 * @throws WinnowError FORMAT_INVALID
 */
export function flipHash(hash: string): string {
  return [...flipWords(hashWords([hash]))].map((word) => word.toString(16).padStart(8, '0')).join('');
}

/** The same for packed hashes, [n, 8]; an isometry, and its own inverse. */
export function flipWords(words: Uint32Array): Uint32Array {
  return words.map((word) => word ^ FLIP_WORD);
}
