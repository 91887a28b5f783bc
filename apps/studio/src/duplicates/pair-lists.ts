import { compareText } from '@winnow/contracts';
import type { DuplicateKind, Outcome } from '@winnow/contracts';
import { FLIP_SLACK_BITS } from '@winnow/dedup';
import type { ConflictRow, ExclusionRow } from '@winnow/db';

/** A copy that a data set left out, with how it was recognised. */
export interface FoundPair {
  readonly sha256: string;
  /** What is kept in its place; of a leak the id of the test image. */
  readonly kept: string;
  readonly outcome: Outcome;
  readonly distanceBits: number | null;
  readonly similarity: number | null;
  readonly isFlipped: boolean;
}

/** A row of a list; `pair` null: one file was found under several classes. */
export interface PairRow {
  readonly kept: string;
  readonly pair: FoundPair | null;
}

/** What a data set made of copies. */
export interface PairLists {
  readonly rows: Readonly<Record<DuplicateKind, readonly PairRow[]>>;
  readonly counts: Readonly<Record<DuplicateKind, { readonly clusters: number; readonly pairs: number }>>;
  /** Copies with the same bytes or pixels. */
  readonly same: number;
  /** Copies by the image that is kept. */
  readonly copies: ReadonlyMap<string, number>;
  readonly leaks: ReadonlyMap<string, FoundPair>;
  readonly conflicts: ReadonlyMap<string, ConflictRow>;
  /** Digests of all images that were left out as copies. */
  readonly digests: ReadonlySet<string>;
}

/** @returns null for what is no copy */
function foundPair({ sha256, keptSha256, outcome, detail }: ExclusionRow): FoundPair | null {
  const text = detail ?? '';
  const [, id] = /^copy of the test picture (.*), (?:PDQ distance|correlation) /s.exec(text) ?? [];
  const kept = outcome === 'leak' ? id : keptSha256;
  if (kept === undefined || kept === null) return null;
  const number = (found: RegExpExecArray | null): number | null => (found === null ? null : Number(found[1]));
  return {
    ...{ sha256, kept, outcome },
    distanceBits: number(/PDQ distance (\d+) bits(?:, mirrored)?$/.exec(text)),
    similarity: number(/(?:cosine|correlation) (\d*\.\d+)(?:, mirrored)?$/.exec(text)),
    isFlipped: text.endsWith(', mirrored'),
  };
}

/** Sorts what a build left out as copies into lists: what is nearest to its limit first, each cluster together. */
export function pairLists(exclusions: readonly ExclusionRow[], conflicts: readonly ConflictRow[]): PairLists {
  const found = exclusions.flatMap((row) => foundPair(row) ?? []);
  const folded = found.filter(({ outcome }) => outcome !== 'leak');
  const conflicting = new Map(conflicts.map((row) => [row.sha256, row]));
  const copies = new Map<string, number>();
  for (const { kept } of folded) copies.set(kept, (copies.get(kept) ?? 0) + 1);
  const leaks = found.filter(({ outcome }) => outcome === 'leak');
  const rows = {
    near: nearLimitFirst(folded.filter(({ outcome }) => outcome === 'duplicate_near')),
    similar: nearLimitFirst(folded.filter(({ outcome }) => SIMILAR.has(outcome))),
    conflicts: conflictRows(folded, conflicts),
    leaks: nearLimitFirst(leaks),
  };
  const counted = (list: readonly PairRow[]) => {
    return {
      clusters: new Set(list.map(({ kept }) => kept)).size,
      pairs: list.filter(({ pair }) => pair !== null).length,
    };
  };
  return {
    rows,
    counts: {
      ...{ near: counted(rows.near), similar: counted(rows.similar) },
      ...{ conflicts: counted(rows.conflicts), leaks: counted(rows.leaks) },
    },
    same: folded.filter(({ outcome }) => isSameFile(outcome)).length,
    copies,
    leaks: new Map(leaks.map((pair) => [pair.sha256, pair])),
    conflicts: conflicting,
    digests: new Set(found.map(({ sha256 }) => sha256)),
  };
}

const SIMILAR: ReadonlySet<Outcome> = new Set(['duplicate_similar', 'duplicate_told']);

/** Same bytes or pixels. */
export function isSameFile(outcome: Outcome): boolean {
  return outcome === 'duplicate_bytes' || outcome === 'duplicate_pixels';
}

/** How far it is from what certainly is a copy: bits, and cosines behind all bits. */
function doubtOf({ distanceBits, similarity, isFlipped }: FoundPair): number {
  if (similarity !== null) return 1000 - similarity;
  return (distanceBits ?? 0) - (isFlipped ? FLIP_SLACK_BITS : 0);
}

function nearLimitFirst(pairs: readonly FoundPair[]): readonly PairRow[] {
  const ofCluster = new Map<string, number>();
  for (const pair of pairs) ofCluster.set(pair.kept, Math.max(ofCluster.get(pair.kept) ?? -Infinity, doubtOf(pair)));
  const doubt = ({ kept }: FoundPair): number => ofCluster.get(kept) as number;
  return [...pairs]
    .sort(
      (a, b) =>
        doubt(b) - doubt(a) ||
        compareText(a.kept, b.kept) ||
        doubtOf(b) - doubtOf(a) ||
        compareText(a.sha256, b.sha256),
    )
    .map((pair) => ({ kept: pair.kept, pair }));
}

/** Votes of 1 : 1 first, of those the largest. */
function conflictRows(folded: readonly FoundPair[], conflicts: readonly ConflictRow[]): readonly PairRow[] {
  const byKept = new Map<string, FoundPair[]>(conflicts.map(({ sha256 }) => [sha256, []]));
  for (const pair of folded) byKept.get(pair.kept)?.push(pair);
  return [...conflicts]
    .sort((a, b) => marginOf(a) - marginOf(b) || sumOf(b) - sumOf(a) || compareText(a.sha256, b.sha256))
    .flatMap(({ sha256 }): readonly PairRow[] => {
      const pairs = byKept.get(sha256) ?? [];
      if (pairs.length === 0) return [{ kept: sha256, pair: null }];
      return nearLimitFirst(pairs);
    });
}

function sumOf({ votes }: ConflictRow): number {
  return votes.reduce((sum, { count }) => sum + count, 0);
}

/** By how much of all votes the first class is ahead of the second, 0..1. */
function marginOf(row: ConflictRow): number {
  const [first, second] = row.votes;
  return ((first?.count ?? 0) - (second?.count ?? 0)) / Math.max(1, sumOf(row));
}
