import type { PairImage, PairVerdict, Provenance, StudioCluster, StudioPair } from '@winnow/contracts';
import { pairKey } from '@winnow/review';
import type { BuildDecisions, DecisionLog } from '@winnow/review';
import { studioListing } from '../images/image-detail';
import type { HeldOutFile } from './held-out-files';
import { isSameFile } from './pair-lists';
import type { FoundPair, PairLists, PairRow } from './pair-lists';

/** What is known of the images of some rows. */
export interface PairFacts {
  readonly lists: PairLists;
  readonly listings: ReadonlyMap<string, readonly Provenance[]>;
  readonly forgotten: ReadonlySet<string>;
  /** Label of a kept image. */
  readonly labelOf: (sha256: string) => string;
  /** By id; of leaks only. */
  readonly tests: ReadonlyMap<string, HeldOutFile | null>;
  readonly decided: BuildDecisions;
  readonly log: DecisionLog;
}

/** Rows of one list as a page shows them: pairs that follow each other and have the same kept image together. */
export function describeClusters(rows: readonly PairRow[], facts: PairFacts): readonly StudioCluster[] {
  const clusters: { readonly kept: string; readonly cluster: StudioCluster & { readonly pairs: StudioPair[] } }[] = [];
  for (const { kept, pair } of rows) {
    let last = clusters.at(-1);
    if (last?.kept !== kept) {
      last = { kept, cluster: { ...describeKept(kept, pair, facts), pairs: [] } };
      clusters.push(last);
    }
    if (pair !== null) last.cluster.pairs.push(describePair(pair, facts));
  }
  return clusters.map(({ cluster }) => cluster);
}

/** What is said of a pair. @param other digest of the kept image, or of the bytes of a test image */
export function verdictOf({ pairs }: BuildDecisions, sha256: string, other: string): PairVerdict | null {
  const said = pairs.get(pairKey(sha256, other));
  if (said === undefined) return null;
  return { says: said.says, person: said.person, keptSha256: said.says === 'keep' ? said.sha256 : null };
}

function describeKept(kept: string, pair: FoundPair | null, facts: PairFacts): Omit<StudioCluster, 'pairs'> {
  const { lists, tests, decided, log, labelOf } = facts;
  if (pair?.outcome === 'leak') {
    const test = tests.get(kept) ?? null;
    return {
      kept: test === null ? null : { sha256: test.sha256, classes: [test.className], licenses: [] },
      ...{ title: kept, size: 1, votes: [], truth: null, isLeftOut: false },
    };
  }
  return {
    kept: describeImage(kept, facts),
    title: labelOf(kept),
    size: 1 + (lists.copies.get(kept) ?? 0),
    votes: lists.conflicts.get(kept)?.votes ?? [],
    truth: log.decisionOf(kept).truth,
    isLeftOut: decided.leftOut.has(kept),
  };
}

function describePair(pair: FoundPair, facts: PairFacts): StudioPair {
  const { sha256, kept, outcome, distanceBits, similarity, isFlipped } = pair;
  const other = outcome === 'leak' ? facts.tests.get(kept)?.sha256 : kept;
  return {
    ...{ copy: describeImage(sha256, facts), outcome, distanceBits, similarity, isFlipped },
    isSame: isSameFile(outcome) || (outcome === 'leak' && distanceBits === 0 && other === sha256),
    verdict: other === undefined ? null : verdictOf(facts.decided, sha256, other),
  };
}

function describeImage(sha256: string, { listings, forgotten }: PairFacts): PairImage {
  if (forgotten.has(sha256)) return { sha256, classes: [], licenses: [], isForgotten: true };
  const found = (listings.get(sha256) ?? []).map(studioListing);
  return {
    sha256,
    classes: [...new Set(found.map(({ className }) => className))],
    licenses: [...new Set(found.flatMap(({ license }) => license ?? []))],
  };
}
