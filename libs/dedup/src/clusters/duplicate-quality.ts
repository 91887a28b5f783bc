import type { DuplicateCluster } from './describe-cluster';

/** How well clusters agree with the truth, over pairs of images. */
export interface DuplicateQuality {
  /** Pairs that were found and are copies of one image. */
  readonly truePairs: number;
  /** Pairs that were found and are not. */
  readonly falsePairs: number;
  /** Pairs of copies that were not found. */
  readonly missedPairs: number;
  /** truePairs of those found, 0..1; 1 where none was found. */
  readonly precision: number;
  /** truePairs of all true pairs, 0..1; 1 where there are none. */
  readonly recall: number;
}

/**
 * Pairwise precision and recall of duplicate clusters.
 * @param clusters all clusters, single images included
 * @param truthGroupOf name of the original that an image shows; null for an image without copies
 */
export function duplicateQuality(
  clusters: readonly Pick<DuplicateCluster, 'keptId' | 'copies'>[],
  truthGroupOf: (id: string) => string | null,
): DuplicateQuality {
  const groupSizes = new Map<string, number>();
  let foundPairs = 0;
  let truePairs = 0;
  for (const { keptId, copies } of clusters) {
    const within = new Map<string, number>();
    for (const id of [keptId, ...copies.map((copy) => copy.id)]) {
      const group = truthGroupOf(id);
      if (group === null) continue;
      within.set(group, (within.get(group) ?? 0) + 1);
      groupSizes.set(group, (groupSizes.get(group) ?? 0) + 1);
    }
    foundPairs += pairs(copies.length + 1);
    truePairs += sum([...within.values()].map(pairs));
  }
  const allTruePairs = sum([...groupSizes.values()].map(pairs));
  return {
    truePairs,
    falsePairs: foundPairs - truePairs,
    missedPairs: allTruePairs - truePairs,
    precision: foundPairs === 0 ? 1 : truePairs / foundPairs,
    recall: allTruePairs === 0 ? 1 : truePairs / allTruePairs,
  };
}

function pairs(count: number): number {
  return (count * (count - 1)) / 2;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
