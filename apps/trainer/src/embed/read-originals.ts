import path from 'node:path';
import { blobPath } from '@winnow/config';
import { forEachAtOnce, isWinnowError } from '@winnow/contracts';
import type { ImageSet, ImageLocation } from '@winnow/contracts';
import { readBlob } from '@winnow/runs';
import { openPixels } from '@winnow/shards';

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
  blobsDir: string,
  digests: readonly string[],
  size: number,
): Promise<ReadOriginals> {
  const found: ReadOriginal[] = [];
  await forEachAtOnce(digests.entries(), { atOnce: AT_ONCE }, async ([index, sha256]) => {
    found[index] = await readOriginal(blobsDir, sha256, size);
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

async function readOriginal(blobsDir: string, sha256: string, size: number): Promise<ReadOriginal> {
  const original = await readBlob(blobsDir, sha256);
  if (!original.ok) return { sha256, detail: original.detail };
  const shard = path.relative(blobsDir, blobPath(blobsDir, sha256));
  const image: ImageLocation = { shard, offset: 0, length: original.bytes.length };
  const reader = openPixels({
    count: 1,
    size,
    keys: [sha256],
    labels: new Int32Array(1),
    classes: [],
    store: { kind: 'encoded', folder: blobsDir, images: [image] },
    rows: null,
  });
  try {
    return { sha256, pixels: await reader.read([0]) };
  } catch (error) {
    if (isWinnowError(error) && error.code === 'DATA_CORRUPT') return { sha256, detail: error.message };
    throw error;
  } finally {
    await reader.close();
  }
}
