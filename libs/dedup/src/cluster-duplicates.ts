import { WinnowError } from '@winnow/contracts';
import { voteOnClass } from './class-vote';
import type { DuplicateItem } from './duplicate-item';
import { groupIdentical } from './group-identical';
import type { IdenticalGroup } from './group-identical';
import { HammingIndex } from './hamming-index';

/** What counts as a near duplicate. */
export interface ClusterOptions {
  /** PDQ distance up to which pictures are one, whatever their classes. Default 15. */
  readonly mergeBits?: number;
  /** PDQ distance up to which pictures found under a common class are one. Default 31. */
  readonly sameClassMergeBits?: number;
  /** Pictures under this PDQ quality have no near duplicates. Default 50. */
  readonly minPdqQuality?: number;
  /** Last word on a near pair, e.g. a comparison of pixels for small pictures. Must not depend on order of calls. */
  readonly confirm?: (kept: DuplicateItem, copy: DuplicateItem) => boolean;
}

/** How a copy was recognised. */
export type DuplicateOutcome = 'duplicate_bytes' | 'duplicate_pixels' | 'duplicate_near';

/** A copy that is not kept. */
export interface DuplicateCopy {
  readonly id: string;
  readonly outcome: DuplicateOutcome;
  /** PDQ distance from the kept picture. */
  readonly distanceBits: number;
}

/** A picture that is kept, with its copies. */
export interface DuplicateCluster {
  readonly keptId: string;
  /** Label by vote of all copies; ties go to the kept picture's own class. */
  readonly className: string;
  /** Other classes under which copies were found. */
  readonly conflicts: readonly string[];
  /** Without the kept one, best first. */
  readonly copies: readonly DuplicateCopy[];
}

/**
 * Groups copies of pictures in stages: same bytes, same pixels, near PDQ hashes. Pictures are taken best first (see
 * `compareKeepers`); each that is not near a kept one is kept, and each copy goes to the nearest kept picture.
 * So every copy is within the limit of what is kept in its place (no chains), no two kept pictures are near each
 * other, and the result does not depend on the order of the items.
 * @returns one cluster per kept picture, best first
 * @throws WinnowError USAGE when two items have the same id
 */
export function clusterDuplicates(items: readonly DuplicateItem[], options: ClusterOptions = {}): DuplicateCluster[] {
  refuseRepeatedIds(items);
  const groups = groupIdentical(items);
  const places = assignNear(groups, { ...DEFAULTS, ...options });
  const clusters = new Map<number, Placed[]>();
  groups.forEach((group, index) => {
    const { keeper, distanceBits } = places[index] as Place;
    const cluster = clusters.get(keeper) ?? [];
    cluster.push({ group, distanceBits });
    clusters.set(keeper, cluster);
  });
  return [...clusters.values()].map(describeCluster);
}

/** Which group is kept in a group's place, itself where it is kept. */
interface Place {
  readonly keeper: number;
  readonly distanceBits: number;
}

interface Placed {
  readonly group: IdenticalGroup;
  readonly distanceBits: number;
}

const DEFAULTS = {
  mergeBits: 15,
  sameClassMergeBits: 31,
  minPdqQuality: 50,
  confirm: (): boolean => true,
} as const satisfies Required<ClusterOptions>;

function refuseRepeatedIds(items: readonly DuplicateItem[]): void {
  const ids = new Set<string>();
  for (const { id } of items) {
    if (ids.has(id)) throw new WinnowError('USAGE', `id "${id}" occurs twice`, { next: 'Give every item its own id.' });
    ids.add(id);
  }
}

/** Goes through groups best first. A later, nearer keeper takes a copy over. */
function assignNear(groups: readonly IdenticalGroup[], options: Required<ClusterOptions>): Place[] {
  const hashed = groups.flatMap(({ best }, index) => (best.pdqQuality >= options.minPdqQuality ? [index] : []));
  const index = new HammingIndex(hashed.map((group) => (groups[group] as IdenticalGroup).best.pdq));
  const places: Place[] = groups.map((_, group) => ({ keeper: group, distanceBits: 0 }));
  const radius = Math.max(options.mergeBits, options.sameClassMergeBits);
  for (const keeper of hashed) {
    if ((places[keeper] as Place).keeper !== keeper) continue;
    const kept = groups[keeper] as IdenticalGroup;
    for (const hit of index.search(kept.best.pdq, radius)) {
      const other = hashed[hit.index] as number;
      const { distanceBits } = hit;
      const place = places[other] as Place;
      const isFree = place.keeper === other || distanceBits < place.distanceBits;
      if (other <= keeper || !isFree || !isNear(kept, groups[other] as IdenticalGroup, distanceBits, options)) continue;
      places[other] = { keeper, distanceBits };
    }
  }
  return places;
}

function isNear(
  kept: IdenticalGroup,
  copy: IdenticalGroup,
  distanceBits: number,
  options: Required<ClusterOptions>,
): boolean {
  const shareClass = [...copy.classes].some((name) => kept.classes.has(name));
  const limit = shareClass ? Math.max(options.mergeBits, options.sameClassMergeBits) : options.mergeBits;
  return distanceBits <= limit && options.confirm(kept.best, copy.best);
}

/** @param placed the kept group first: it is better than all of its copies */
function describeCluster(placed: readonly Placed[]): DuplicateCluster {
  const kept = (placed[0] as Placed).group.best;
  const members = placed.flatMap(({ group }) => group.members);
  const copies = placed.flatMap(({ group, distanceBits }) =>
    group.members
      .filter((member) => member !== kept)
      .map((member) => ({ id: member.id, outcome: outcomeOf(member, group, kept), distanceBits })),
  );
  return { keptId: kept.id, ...voteOnClass(members, kept.className), copies };
}

/** The stage that dropped a member: it had the bytes or pixels of a better one, or its group was near the kept one. */
function outcomeOf(member: DuplicateItem, group: IdenticalGroup, kept: DuplicateItem): DuplicateOutcome {
  const better = group.members.slice(0, group.members.indexOf(member));
  if (better.some((other) => other.bytesSha === member.bytesSha)) return 'duplicate_bytes';
  return better.length > 0 || group.best === kept ? 'duplicate_pixels' : 'duplicate_near';
}
