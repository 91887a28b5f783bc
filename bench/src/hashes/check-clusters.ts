import { compareRepresentatives, HammingIndex } from '@winnow/dedup';
import type { DuplicateCluster, DuplicateItem } from '@winnow/dedup';

const LIMITS = { mergeBits: 15, sameClassMergeBits: 31 } as const;

/**
 * Compares some images with every other one, and says of how many the clusters are not what that gives: a kept
 * image has no better kept one near it, and a copy belongs to the nearest better kept one.
 * @param items ids are places in `words`, [n, 8]
 * @returns images that are in the wrong place; 0 if all is well
 */
export function countWrongIndices(
  { items, words }: { readonly items: readonly DuplicateItem[]; readonly words: Uint32Array },
  clusters: readonly DuplicateCluster[],
  sample: readonly number[],
): number {
  const keptIds = new Map<string, string>();
  for (const { keptId, copies } of clusters) for (const { id } of copies) keptIds.set(id, keptId);
  const everything = new HammingIndex(words, { linearBelow: Infinity });
  return sample.filter((place) => {
    const item = items[place] as DuplicateItem;
    const near = everything
      .search(words.subarray(place * 8, place * 8 + 8), LIMITS.sameClassMergeBits)
      .map(({ index, distanceBits }) => ({ other: items[index] as DuplicateItem, distanceBits }))
      .filter(({ other }) => !keptIds.has(other.id) && compareRepresentatives(other, item) < 0)
      .filter(({ other, distanceBits }) => distanceBits <= LIMITS.mergeBits || other.className === item.className)
      .sort((a, b) => a.distanceBits - b.distanceBits || compareRepresentatives(a.other, b.other));
    return near[0]?.other.id !== keptIds.get(item.id);
  }).length;
}

/**
 * The same for pairs: of how many hashes the neighbours within 31 bits differ from what comparing with all gives.
 * @param neighboursOf places of what is near a hash, ascending
 */
export function countWrongNeighbours(
  words: Uint32Array,
  neighboursOf: (place: number) => readonly number[],
  sample: readonly number[],
): number {
  const everything = new HammingIndex(words, { linearBelow: Infinity });
  return sample.filter((place) => {
    const hits = everything.search(words.subarray(place * 8, place * 8 + 8), LIMITS.sameClassMergeBits);
    return hits.map(({ index }) => index).join() !== neighboursOf(place).join();
  }).length;
}
