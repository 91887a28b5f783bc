import type { SquarePolicy } from '@winnow/contracts';
import { squarePixels } from './square-pixels';

/** Larger ones would take more memory than a tab has. */
const MAX_PIXELS = 100_000_000;

/** An image file, squared by this browser: upright, sRGB, alpha on white. */
interface DecodedSquare {
  readonly square: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** @throws Error where the browser cannot read the file, in words */
export async function decodeSquare(
  file: Blob,
  size: number,
  policy: Exclude<SquarePolicy, 'attention'>,
): Promise<DecodedSquare> {
  const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => {
    throw new Error('This browser cannot read the file as an image.');
  });
  try {
    const { width, height } = bitmap;
    if (width * height > MAX_PIXELS) throw new Error(`${width} x ${height} pixels are too many to be read here.`);
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (context === null) throw new Error('This browser gives workers no canvas.');
    context.fillStyle = '#ffffff';
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    return { square: squarePixels({ width, height, channels: 4, data }, size, policy), width, height };
  } finally {
    bitmap.close();
  }
}
