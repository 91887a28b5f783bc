import type { StoredImage } from '@winnow/db';
import { HammingIndex, MIRROR_SLACK_BITS, mirrorHash } from '@winnow/dedup';

/**
 * Digests of the pictures whose near matches a comparison of pixels must confirm: those with a side below the limit,
 * and whatever is near one of them, in a mirror too where that counts.
 */
export function picturesToConfirm(
  originals: readonly StoredImage[],
  {
    belowPixels,
    radiusBits,
    mirrors = false,
  }: { readonly belowPixels: number; readonly radiusBits: number; readonly mirrors?: boolean },
): ReadonlySet<string> {
  const hashed = originals.flatMap((image) => (image.pdq === null ? [] : [{ ...image, pdq: image.pdq }]));
  const small = hashed.filter(({ width, height }) => Math.min(width, height) < belowPixels);
  const found = new Set(small.map(({ sha256 }) => sha256));
  // All are small: nothing can be near that is not among them.
  if (small.length === 0 || small.length === hashed.length) return found;
  const index = new HammingIndex(hashed.map(({ pdq }) => pdq));
  for (const { pdq } of small) {
    const hits = index.search(pdq, radiusBits);
    if (mirrors) hits.push(...index.search(mirrorHash(pdq), radiusBits + MIRROR_SLACK_BITS));
    for (const hit of hits) found.add(hashed[hit.index]?.sha256 ?? '');
  }
  return found;
}
