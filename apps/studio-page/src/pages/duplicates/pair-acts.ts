import type { PairSaying } from '@winnow/contracts';
import type { LocalDecision } from '../../decisions/decision-queue';
import { decide, decidePairs, localKey } from '../../decisions/decision-queue';
import { notify } from '../../parts/notices';
import { countOf } from '../../parts/numbers';
import { idsOf, refusalOf } from './pair-spots';
import type { PairSpot } from './pair-spots';

/** What was said of a spot, in words; null: nothing yet. */
export type SpotVerdict = 'same' | 'not-a-copy' | 'keep' | 'left-out' | 'class' | null;

export const VERDICT_WORDS: Readonly<Record<NonNullable<SpotVerdict>, string>> = {
  same: 'right',
  'not-a-copy': 'not a copy',
  keep: 'kept instead',
  'left-out': 'left out',
  class: 'class decided',
};

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
  const refusal = refusalOf(spot, says);
  if (ids === null || refusal !== null) {
    notify({ text: refusal ?? '' });
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
