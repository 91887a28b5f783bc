import type { StoredImage } from '@winnow/db';
import { HammingIndex } from '@winnow/dedup';

/**
 * Digests of the pictures whose near matches a comparison of pixels must confirm: those with a side below the limit,
 * and whatever is near one of them.
 */
export function picturesToConfirm(
  originals: readonly StoredImage[],
  { belowPixels, radiusBits }: { readonly belowPixels: number; readonly radiusBits: number },
): ReadonlySet<string> {
  const hashed = originals.flatMap((image) => (image.pdq === null ? [] : [{ ...image, pdq: image.pdq }]));
  const small = hashed.filter(({ width, height }) => Math.min(width, height) < belowPixels);
  if (small.length === 0) return new Set();
  const index = new HammingIndex(hashed.map(({ pdq }) => pdq));
  const near = small.flatMap(({ pdq }) => index.search(pdq, radiusBits).map((hit) => hashed[hit.index]?.sha256 ?? ''));
  return new Set([...small.map(({ sha256 }) => sha256), ...near]);
}
