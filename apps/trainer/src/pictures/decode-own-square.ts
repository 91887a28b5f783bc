import { squareOrReason, unusablePicture } from './decode-own-picture';
import type { SquarePolicy } from './square-as-learnt';

/**
 * One of a person's pictures as the square that a network sees, RGB, [size, size, 3].
 * @throws WinnowError IMAGE_UNREADABLE, INTERRUPTED
 */
export async function decodeOwnSquare(
  bytes: Uint8Array,
  { size, resize, where }: { readonly size: number; readonly resize: SquarePolicy; readonly where: string },
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const square = await squareOrReason(bytes, { size, resize }, signal);
  if (typeof square === 'string') throw unusablePicture(square, where);
  return square;
}
