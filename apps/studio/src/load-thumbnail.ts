import { decodeReduced, encodeJpeg } from '@winnow/imaging';
import { readBlob } from '@winnow/runs';

const LIMITS = { maxPixels: 100_000_000, minSide: 1, maxAspectRatio: 1000 };
/** Side, pixels; sharp enough at the size that the page shows. */
const SIDE = 112;
const QUALITY = 78;

/** A small JPEG of an original; null where it is gone, was changed or cannot be decoded. */
export async function loadThumbnail(blobsDir: string, sha256: string): Promise<Uint8Array | null> {
  const original = await readBlob(blobsDir, sha256);
  if (!original.ok) return null;
  const small = await decodeReduced(original.bytes, LIMITS, { kind: 'resize', size: SIDE, policy: 'cover' });
  return small.ok ? encodeJpeg(small.image, QUALITY) : null;
}
