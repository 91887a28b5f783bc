import { hashWords } from './hamming-distance';

/**
 * The bits of a word of a PDQ hash that turn over in a mirror (left and right exchanged). Bit k stands for horizontal
 * frequency k mod 16 + 1, and the cosines of odd frequencies change their sign.
 */
export const MIRROR_WORD = 0x5555_5555;

/**
 * What a limit of distance gains for mirrored copies. PDQ's windows of even width reach one pixel further to one side,
 * so the hash of the mirrored pixels is 8 to 24 bits (median) from what the bits say; unrelated pictures are 90 apart.
 */
export const MIRROR_SLACK_BITS = 16;

/**
 * What the PDQ hash of a picture becomes in a mirror, but for about MIRROR_SLACK_BITS.
 * @param hash 64 hex digits
 * @throws WinnowError FORMAT_INVALID
 */
export function mirrorHash(hash: string): string {
  return [...mirrorWords(hashWords([hash]))].map((word) => word.toString(16).padStart(8, '0')).join('');
}

/** The same for packed hashes, [n, 8]; an isometry, and its own inverse. */
export function mirrorWords(words: Uint32Array): Uint32Array {
  return words.map((word) => word ^ MIRROR_WORD);
}
