import { forEachAtOnce } from '@winnow/contracts';
import type { ImageSet } from '@winnow/contracts';
import { DECODE_LIMITS, decodeRegion, wholeRegion } from '@winnow/imaging';
import type { BlobStore } from '@winnow/store';

/** Originals as a network takes them, and those that are not there or cannot be decoded. */
export interface ReadOriginals {
  /** Keys are digests. */
  readonly images: ImageSet;
  readonly unreadable: readonly { readonly sha256: string; readonly detail: string }[];
}

/** Originals on their way at once: enough to keep the decoder's threads busy; large ones take much memory. */
const AT_ONCE = 8;

/**
 * Decodes originals, each squashed to size x size pixels; what is wrong with one of them keeps none of the others.
 * @param digests sha256 of the files, hex; the images come in this order
 */
export async function readOriginals(
  originals: BlobStore,
  digests: readonly string[],
  size: number,
): Promise<ReadOriginals> {
  const found: ReadOriginal[] = [];
  await forEachAtOnce(digests.entries(), { atOnce: AT_ONCE }, async ([index, sha256]) => {
    found[index] = await readOriginal(originals, sha256, size);
  });
  const bytesPerImage = size * size * 3;
  const read = found.flatMap((one) => ('pixels' in one ? [one] : []));
  const pixels = new Uint8Array(read.length * bytesPerImage);
  read.forEach((one, row) => pixels.set(one.pixels, row * bytesPerImage));
  const images: ImageSet = {
    count: read.length,
    size,
    pixels,
    keys: read.map(({ sha256 }) => sha256),
    labels: new Int32Array(read.length),
    classes: [],
  };
  return { images, unreadable: found.flatMap((one) => ('detail' in one ? [one] : [])) };
}

type ReadOriginal = { readonly sha256: string } & ({ readonly pixels: Uint8Array } | { readonly detail: string });

async function readOriginal(originals: BlobStore, sha256: string, size: number): Promise<ReadOriginal> {
  const original = await originals.read(sha256);
  if (!original.ok) return { sha256, detail: original.detail };
  const decoded = await decodeRegion(original.bytes, { choose: wholeRegion, size, limits: DECODE_LIMITS });
  return decoded.ok ? { sha256, pixels: decoded.data } : { sha256, detail: decoded.detail };
}
