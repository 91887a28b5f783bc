import { readFile } from 'node:fs/promises';
import { blobPath } from '@winnow/config';
import { decodeImage, encodeJpeg, resizeRgb } from '@winnow/imaging';

const LIMITS = { maxPixels: 100_000_000, minSide: 1, maxAspectRatio: 1000 };
/** Side, pixels; sharp enough at the size that the page shows. */
const SIDE = 112;
const QUALITY = 78;

/** A small JPEG of an original; null where it is gone or cannot be decoded. */
export async function loadThumbnail(blobsDir: string, sha256: string): Promise<Uint8Array | null> {
  const bytes = await readFile(blobPath(blobsDir, sha256)).catch(() => null);
  if (bytes === null) return null;
  const decoded = await decodeImage(bytes, LIMITS);
  return decoded.ok ? encodeJpeg(await resizeRgb(decoded.image, SIDE, 'cover'), QUALITY) : null;
}
