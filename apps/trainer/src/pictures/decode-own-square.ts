import { type ResizePolicy, WinnowError } from '@winnow/contracts';
import { decodeImage, resizeRgb } from '@winnow/imaging';
import { OWN_PICTURE_LIMITS } from './own-picture-limits';

/**
 * One of a person's pictures as the square that a network sees, RGB, [size, size, 3].
 * @throws WinnowError IMAGE_UNREADABLE
 */
export async function decodeOwnSquare(
  bytes: Uint8Array,
  { size, resize, where }: { readonly size: number; readonly resize: ResizePolicy; readonly where: string },
): Promise<Uint8Array> {
  const decoded = await decodeImage(bytes, OWN_PICTURE_LIMITS);
  if (decoded.ok) return (await resizeRgb(decoded.image, size, resize)).data;
  throw new WinnowError('IMAGE_UNREADABLE', `A picture cannot be used, ${decoded.outcome}: ${decoded.detail}`, {
    where,
    next: 'Remove or replace it.',
  });
}
