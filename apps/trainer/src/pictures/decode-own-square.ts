import { resizeRgb } from '@winnow/imaging';
import { decodeOwnPicture } from './decode-own-picture';
import type { SquarePolicy } from './square-as-learnt';

/**
 * One of a person's pictures as the square that a network sees, RGB, [size, size, 3].
 * @throws WinnowError IMAGE_UNREADABLE
 */
export async function decodeOwnSquare(
  bytes: Uint8Array,
  { size, resize, where }: { readonly size: number; readonly resize: SquarePolicy; readonly where: string },
): Promise<Uint8Array> {
  return (await resizeRgb(await decodeOwnPicture(bytes, where), size, resize)).data;
}
