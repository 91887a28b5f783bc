import type { SquarePolicy } from '@winnow/contracts';
import { HEAD_BYTES, refuseSize, statedSize } from './image-head';
import { squarePixels } from './square-pixels';

/** An image file, squared by this browser: upright, sRGB, alpha on white. */
export interface DecodedSquare {
  readonly square: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** @throws Error where the browser cannot read the file, or it is too large, in words */
export async function decodeSquare(
  file: Blob,
  size: number,
  policy: Exclude<SquarePolicy, 'attention'>,
): Promise<DecodedSquare> {
  const stated = statedSize(new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer()));
  if (stated !== null) refuseSize(stated);
  const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => {
    throw new Error('This browser cannot read the file as an image.');
  });
  const { width, height } = bitmap;
  const { data } = drawn(bitmap).getImageData(0, 0, width, height);
  return { square: squarePixels({ width, height, channels: 4, data }, size, policy), width, height };
}

/** Closes the bitmap: of its pixels there are two more copies as soon as they are read. */
function drawn(bitmap: ImageBitmap): OffscreenCanvasRenderingContext2D {
  try {
    const { width, height } = bitmap;
    refuseSize(bitmap);
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    if (context === null) throw new Error('This browser gives workers no canvas.');
    context.fillStyle = '#ffffff';
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0);
    return context;
  } finally {
    bitmap.close();
  }
}
