import type { Stars } from './greedy-star-clustering';
import { voteOnClass } from './class-vote';
import type { DuplicateItem } from './duplicate-item';
import { bestOf } from './group-identical';
import type { IdenticalGroups } from './group-identical';
import { hammingDistance } from '../hashes/hamming-distance';
import { listAt } from '../pairs/row-lists';

/** How a copy was recognised. */
type DuplicateOutcome = 'duplicate_bytes' | 'duplicate_pixels' | 'duplicate_near' | 'duplicate_similar';

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
  /** Without the kept one, best first. */
  readonly copies: readonly DuplicateCopy[];
}

type Found = Pick<DuplicateCopy, 'distanceBits' | 'flipped' | 'throughId'>;

interface Stages {
  readonly near: Stars;
  readonly similar: Stars;
}

/** @param cluster groups, ascending: the kept one first, as it is better than all of its copies */
export function describeCluster(groups: IdenticalGroups, cluster: Uint32Array, stages: Stages): DuplicateCluster {
  const kept = bestOf(groups, cluster[0] as number);
  const members: DuplicateItem[] = [];
  const copies: DuplicateCopy[] = [];
  for (const group of cluster) {
    const { found, why } = describeGroup(groups, group, { kept, ...stages });
    const hasBytes = new Set<string>();
    for (const index of listAt(groups.members, group)) {
      const member = groups.items[index] as DuplicateItem;
      members.push(member);
      // The best of a group stands for it; the others are its copies before all else.
      if (hasBytes.size > 0) copies.push({ id: member.id, outcome: identical(member, hasBytes), ...found });
      else if (member !== kept) copies.push({ id: member.id, ...why, ...found });
      hasBytes.add(member.bytesSha);
    }
  }
  return { keptId: kept.id, ...voteOnClass(members, kept.className), copies };
}

/** The stage that dropped a member other than the best: it has the bytes, or else the pixels, of a better one. */
function identical(member: DuplicateItem, betterBytes: ReadonlySet<string>): DuplicateOutcome {
  return betterBytes.has(member.bytesSha) ? 'duplicate_bytes' : 'duplicate_pixels';
}

/** @returns what is said of every member of a group, and of the best one alone */
function describeGroup(
  groups: IdenticalGroups,
  group: number,
  { kept, near, similar }: Stages & { readonly kept: DuplicateItem },
): { readonly found: Found; readonly why: Pick<DuplicateCopy, 'outcome' | 'similarity'> } {
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
