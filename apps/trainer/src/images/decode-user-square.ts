import { squareOrReason, unusableImage } from './decode-own-image';
import type { SquarePolicy } from './square-as-learnt';

/**
 * One of a person's images as the square that a network sees, RGB, [size, size, 3].
 * @throws WinnowError IMAGE_UNREADABLE, INTERRUPTED
 */
export async function decodeUserSquare(
  bytes: Uint8Array,
  { size, resize, where }: { readonly size: number; readonly resize: SquarePolicy; readonly where: string },
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const square = await squareOrReason(bytes, { size, resize }, signal);
  if (typeof square === 'string') throw unusableImage(square, where);
  return square;
}
