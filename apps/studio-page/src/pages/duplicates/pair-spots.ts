import type { PairSaying, StudioCluster, StudioDuplicates, StudioPair } from '@winnow/contracts';
import type { ImagePair } from '../../decisions/decision-queue';

/** One thing to decide of: a pair, or an image that was found under several classes. */
export interface PairSpot {
  readonly key: string;
  readonly cluster: StudioCluster;
  readonly pair: StudioPair | null;
  readonly isLeak: boolean;
}

export function spotsOf({ kind, clusters }: StudioDuplicates): readonly PairSpot[] {
  const isLeak = kind === 'leaks';
  return clusters.flatMap((cluster): readonly PairSpot[] => {
    const kept = cluster.kept?.sha256 ?? cluster.title;
    if (cluster.pairs.length === 0) return [{ key: kept, cluster, pair: null, isLeak }];
    return cluster.pairs.map((pair) => ({ key: `${kept} ${pair.copy.sha256}`, cluster, pair, isLeak }));
  });
}

/** The pair that a spot is about; null: there is none, or the test image is gone. */
export function idsOf({ cluster: { kept }, pair }: PairSpot): ImagePair | null {
  return pair === null || kept === null ? null : { sha256: pair.copy.sha256, otherSha256: kept.sha256 };
}

/** Why that cannot be said of a spot; null where it can. */
export function refusalOf(spot: PairSpot, says: PairSaying): string | null {
  if (idsOf(spot) === null) return 'There is no pair to decide of.';
  if (says === 'cleared') return null;
  if (spot.pair?.isSame === true && says !== 'keep')
    return 'Their bytes or pixels are the same: they are copies whatever is said.';
  return spot.isLeak && says === 'keep' ? 'A test image is never taken into the data set.' : null;
}
