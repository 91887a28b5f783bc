import type { Stars } from './greedy-star-clustering';
import { voteOnClass } from './class-vote';
import type { DuplicateItem } from './duplicate-item';
import { bestOf } from './group-identical';
import type { IdenticalGroups } from './group-identical';
import { hammingDistance } from '../hashes/hamming-distance';
import { flipHash } from '../hashes/mirror-hash';
import { listAt } from '../pairs/row-lists';
import { keptByWord } from './told-pairs';
import type { IdPair } from './told-pairs';

/** How a copy was recognised; `duplicate_told`: by a person alone. */
type DuplicateOutcome =
  | 'duplicate_bytes'
  | 'duplicate_pixels'
  | 'duplicate_near'
  | 'duplicate_similar'
  | 'duplicate_told';

/** A copy that is not kept. */
export interface DuplicateCopy {
  readonly id: string;
  readonly outcome: DuplicateOutcome;
  /** PDQ distance from the kept image; where it was near in a mirror, from the kept one's flipped hash. */
  readonly distanceBits: number;
  /** It shows the kept image in a mirror. */
  readonly flipped?: true;
  /** Cosine of its embedding and the kept image's, where that is why it is a copy. */
  readonly similarity?: number;
  /** It is a copy of this image, which itself is only similar to the kept one; `distanceBits` are from this one. */
  readonly throughId?: string;
}

/** An image that is kept, with its copies. */
export interface DuplicateCluster {
  readonly keptId: string;
  /** Label by vote of all copies; ties go to the kept image's own class. */
  readonly className: string;
  /** Other classes under which copies were found. */
  readonly conflicts: readonly string[];
  /** A person wanted this image to be kept, and another is better. */
  readonly isKeptByWord?: true;
  /** Without the kept one, best first. */
  readonly copies: readonly DuplicateCopy[];
}

type Found = Pick<DuplicateCopy, 'distanceBits' | 'flipped' | 'throughId'>;
type Why = Pick<DuplicateCopy, 'outcome' | 'similarity'>;

interface Stages {
  readonly near: Stars;
  readonly similar: Stars;
}

/** @param cluster groups, ascending: the best one first */
export function describeCluster(
  groups: IdenticalGroups,
  cluster: Uint32Array,
  { keep, ...stages }: Stages & { readonly keep: readonly IdPair[] },
): DuplicateCluster {
  const members: DuplicateItem[] = [];
  for (const group of cluster)
    for (const row of listAt(groups.members, group)) members.push(groups.items[row] as DuplicateItem);
  const best = bestOf(groups, cluster[0] as number);
  const kept = keptByWord(members, keep) ?? best;
  const copies: DuplicateCopy[] = [];
  const keptGroup = cluster.find((group) => rowOf(groups, group, kept) >= 0) as number;
  const standing = { kept, group: keptGroup, best: cluster[0] as number };
  for (const group of cluster) {
    const { found, why } = describeGroup(groups, group, { ...stages, ...standing });
    const first = group === keptGroup ? kept : bestOf(groups, group);
    const before = new Seen();
    before.add(groups, rowOf(groups, group, first));
    for (const row of listAt(groups.members, group)) {
      const member = groups.items[row] as DuplicateItem;
      // One of a group stands for it; the others are its copies before all else.
      if (member === first) {
        if (member !== kept) copies.push({ id: member.id, ...why, ...found });
      } else {
        const outcome = before.outcomeOf(groups, row);
        const told = { distanceBits: hammingDistance(kept.pdq, member.pdq) };
        copies.push({ id: member.id, outcome, ...(outcome === 'duplicate_told' ? told : found) });
        before.add(groups, row);
      }
    }
  }
  const byWord = kept === best ? {} : { isKeptByWord: true as const };
  return { keptId: kept.id, ...voteOnClass(members, kept.className), ...byWord, copies };
}

function rowOf({ items, members }: IdenticalGroups, group: number, item: DuplicateItem): number {
  return listAt(members, group).find((row) => items[row] === item) ?? -1;
}

/** Members of a group that come before another. */
class Seen {
  readonly #bytes = new Set<string>();
  readonly #identical = new Set<number>();

  add({ items, identicalTo }: IdenticalGroups, row: number): void {
    this.#bytes.add((items[row] as DuplicateItem).bytesSha);
    this.#identical.add(identicalTo[row] as number);
  }

  /** Why one that does not stand for its group is a copy: it has the bytes or pixels of one before it, or by a person's word. */
  outcomeOf({ items, identicalTo }: IdenticalGroups, row: number): DuplicateOutcome {
    if (this.#bytes.has((items[row] as DuplicateItem).bytesSha)) return 'duplicate_bytes';
    return this.#identical.has(identicalTo[row] as number) ? 'duplicate_pixels' : 'duplicate_told';
  }
}

interface Standing extends Stages {
  readonly kept: DuplicateItem;
  /** Of the kept image. */
  readonly group: number;
  /** The best group of the cluster. */
  readonly best: number;
}

/** @returns what is said of every member of a group, and of the one alone that stands for it */
function describeGroup(
  groups: IdenticalGroups,
  group: number,
  standing: Standing,
): { readonly found: Found; readonly why: Why } {
  const { kept, near, similar } = standing;
  if (kept !== bestOf(groups, standing.best)) return describeFromOther(groups, group, standing);
  const representative = near.representatives[group] as number;
  if (representative !== group) {
    const found = {
      distanceBits: near.distances[group] as number,
      ...(near.flipped[group] === 1 && { flipped: true as const }),
      ...(similar.representatives[representative] !== representative && {
        throughId: bestOf(groups, representative).id,
      }),
    };
    return { found, why: { outcome: 'duplicate_near' } };
  }
  const best = bestOf(groups, group);
  const distanceBits = best === kept ? 0 : hammingDistance(kept.pdq, best.pdq);
  const similarity = -(similar.distances[group] as number);
  return { found: { distanceBits }, why: { outcome: 'duplicate_similar', similarity } };
}

/** The same where another image is kept than the one that the cluster was made around: measured from it. */
function describeFromOther(
  groups: IdenticalGroups,
  group: number,
  { kept, group: keptGroup, near, similar }: Standing,
): { readonly found: Found; readonly why: Why } {
  const [star, keptStar] = [near.representatives[group] as number, near.representatives[keptGroup] as number];
  const { pdq } = bestOf(groups, group);
  if (group === keptGroup) return { found: { distanceBits: 0 }, why: { outcome: 'duplicate_near' } };
  if (star !== keptStar) {
    const distant = similar.representatives[star] === star ? keptStar : star;
    const similarity = -(similar.distances[distant] as number);
    return {
      found: { distanceBits: hammingDistance(kept.pdq, pdq) },
      why: { outcome: 'duplicate_similar', similarity },
    };
  }
  const isFlipped = near.flipped[group] !== near.flipped[keptGroup];
  const distanceBits = hammingDistance(isFlipped ? flipHash(kept.pdq) : kept.pdq, pdq);
  return { found: { distanceBits, ...(isFlipped && { flipped: true as const }) }, why: { outcome: 'duplicate_near' } };
}
