import type { PairSaying, StudioCluster, StudioDuplicates, StudioPair } from '@winnow/contracts';
import type { ImagePair, LocalDecision } from '../../decisions/decision-queue';
import { decide, decidePairs, localKey } from '../../decisions/decision-queue';
import { notify } from '../../parts/notices';
import { countOf } from '../../parts/numbers';

/** One thing to decide of: a pair, or an image that was found under several classes. */
export interface PairSpot {
  readonly key: string;
  readonly cluster: StudioCluster;
  readonly pair: StudioPair | null;
  readonly isLeak: boolean;
}

/** What was said of a spot, in words; null: nothing yet. */
export type SpotVerdict = 'same' | 'not-a-copy' | 'keep' | 'left-out' | 'class' | null;

export const VERDICT_WORDS: Readonly<Record<NonNullable<SpotVerdict>, string>> = {
  same: 'right',
  'not-a-copy': 'not a copy',
  keep: 'kept instead',
  'left-out': 'left out',
  class: 'class decided',
};

export function spotsOf({ kind, clusters }: StudioDuplicates): readonly PairSpot[] {
  const isLeak = kind === 'leaks';
  return clusters.flatMap((cluster): readonly PairSpot[] => {
    const kept = cluster.kept?.sha256 ?? cluster.title;
    if (cluster.pairs.length === 0) return [{ key: kept, cluster, pair: null, isLeak }];
    return cluster.pairs.map((pair) => ({ key: `${kept} ${pair.copy.sha256}`, cluster, pair, isLeak }));
  });
}

/** The pair that a spot is about; null: there is none, or the test image is gone. */
function idsOf({ cluster: { kept }, pair }: PairSpot): ImagePair | null {
  return pair === null || kept === null ? null : { sha256: pair.copy.sha256, otherSha256: kept.sha256 };
}

type LocalDecisions = ReadonlyMap<string, LocalDecision>;

/** What holds of a spot now: a decision of this browser that the list may not show yet, or else what the list says. */
export function verdictOf(spot: PairSpot, local: LocalDecisions, askedAt: number): SpotVerdict {
  const { cluster, pair, isLeak } = spot;
  const newer = (key: string): string | null => {
    const found = local.get(key);
    return found !== undefined && (found.storedAt === null || found.storedAt > askedAt) ? found.says : null;
  };
  const kept = isLeak ? undefined : cluster.kept?.sha256;
  const place = kept === undefined ? null : newer(`place ${kept}`);
  if (place === null ? cluster.isLeftOut : place === 'leave-out') return 'left-out';
  const ids = idsOf(spot);
  if (pair === null || ids === null) {
    return (kept === undefined ? null : newer(kept)) !== null || cluster.truth !== null ? 'class' : null;
  }
  const said = newer(localKey({ ...ids, says: 'same' })) ?? pair.verdict?.says ?? null;
  return said === 'cleared' ? null : (said as PairSaying & SpotVerdict);
}

/** @returns whether it could be said */
export function sayOfPair(spot: PairSpot, says: PairSaying): boolean {
  const ids = idsOf(spot);
  const problem =
    ids === null
      ? 'There is no pair to decide of.'
      : spot.pair?.isSame === true && says !== 'keep'
        ? 'Their bytes or pixels are the same: they are copies whatever is said.'
        : spot.isLeak && says === 'keep'
          ? 'A test image is never taken into the data set.'
          : null;
  if (ids === null || problem !== null) {
    notify({ text: problem ?? '' });
    return false;
  }
  decidePairs([ids], { says });
  return true;
}

/** Leaves the cluster out of the next build, or takes it in again. */
export function turnPlace({ cluster: { kept }, isLeak }: PairSpot, isLeftOut: boolean): boolean {
  if (kept === null || isLeak) {
    notify({ text: 'A copy of a test image is left out already.' });
    return false;
  }
  decide([kept.sha256], { says: isLeftOut ? 'take-in' : 'leave-out', origin: 'one' });
  return true;
}

/** The class by vote is that of the kept image. */
export function sayClass({ cluster: { kept, title }, isLeak }: PairSpot): boolean {
  if (kept === null || isLeak) return false;
  decide([kept.sha256], { says: `class:${title}`, origin: 'one' });
  return true;
}

/** All pairs of which nothing is said are right, as one batch. */
export function confirmAll(spots: readonly PairSpot[]): void {
  const pairs = spots.filter(({ pair }) => pair?.isSame !== true).flatMap((spot) => idsOf(spot) ?? []);
  if (pairs.length === 0) return;
  decidePairs(pairs, { says: 'same' });
  notify({ text: `${countOf(pairs.length, 'pair')} of this page right. U takes it back.` });
}
