/** Tar files are made of blocks of this size, bytes. */
export const BLOCK_BYTES = 512;
/** Two zero blocks end a tar file. */
export const END_BYTES = 2 * BLOCK_BYTES;

/** Length of a member's data with its padding, bytes. */
export function paddedBytes(length: number): number {
  return Math.ceil(length / BLOCK_BYTES) * BLOCK_BYTES;
}
