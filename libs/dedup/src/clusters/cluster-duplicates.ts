import { WinnowError } from '@winnow/contracts';
import { assignNear } from './assign-near';
import type { ConfirmNear } from './assign-near';
import { assignSimilar } from './assign-similar';
import type { ConfirmSimilar } from './assign-similar';
import { describeCluster } from './describe-cluster';
import { DisjointSets } from './disjoint-sets';
import type { DuplicateCluster } from './describe-cluster';
import type { DuplicateItem } from './duplicate-item';
import { groupIdentical } from './group-identical';
import type { IdenticalGroups } from './group-identical';
import type { Stars } from './greedy-star-clustering';
import type { IdPair, ToldPairs } from './told-pairs';
import { listAt, listMembers } from '../pairs/row-lists';

/** What counts as a duplicate. */
export interface ClusterOptions {
  /** PDQ distance up to which images are one, whatever their classes. Default 15. */
  readonly mergeBits?: number;
  /** PDQ distance up to which images found under a common class are one. Default 31. */
  readonly sameClassMergeBits?: number;
  /** Images under this PDQ quality have no near duplicates. Default 50. */
  readonly minPdqQuality?: number;
  /**
   * Whether an image and its mirror image are copies, too: within the same limits and FLIP_SLACK_BITS, by which the
   * flipped hash is off. Default false.
   */
  readonly mirrors?: boolean;
  /** Cosine of embeddings from which images that no other stage merged are one, whatever their classes. Default: off. */
  readonly similarity?: number;
  /** Last word on pairs with similar embeddings, all at once, e.g. a comparison of pixels. */
  readonly confirmSimilar?: ConfirmSimilar;
  /** Last word on near pairs of hashes, e.g. a comparison of pixels for small images. */
  readonly confirm?: ConfirmNear;
  /** What people said of pairs; it goes before all that is measured, but for the same bytes and pixels. */
  readonly told?: ToldPairs;
  /** Threads; 1: in this one. The result does not depend on it. Default 1. */
  readonly workers?: number;
}

/** Clusters, and which words of people kept images apart. */
export interface ToldClusters {
  /** One per kept image, best first. */
  readonly clusters: DuplicateCluster[];
  /** Of `told.never`: pairs that would be copies otherwise. */
  readonly refused: readonly IdPair[];
}

/**
 * Groups copies of images in stages: same bytes, same pixels, near PDQ hashes, similar embeddings. Images are taken
 * best first (see `compareRepresentatives`); each that is not near a kept one is kept, and each copy goes to the nearest kept
 * image. So every copy is within the limit of what is kept in its place, which is what a medoid check would ask for;
 * no chains grow, no two kept images are near each other, and the result does not depend on the order of the items.
 * The last stage does the same with what the others kept: an image that it drops takes its copies with it
 * (`throughId`). Of pairs that people told apart the worse one leaves the cluster; what they said to be copies, and no stage
 * finds, is one image from the beginning. What they said and every stage finds anyway changes nothing.
 * @returns one cluster per kept image, best first
 * @throws WinnowError USAGE when two items have the same id or embeddings are not of one length and unit norm,
 * FORMAT_INVALID for a hash, INTERNAL where a thread ends early
 */
export async function clusterDuplicates(
  items: readonly DuplicateItem[],
  options: ClusterOptions = {},
): Promise<DuplicateCluster[]> {
  return (await clusterAsTold(items, options)).clusters;
}

/**
 * `clusterDuplicates`, and which words of people made a difference.
 * @throws WinnowError as clusterDuplicates
 */
export async function clusterAsTold(
  items: readonly DuplicateItem[],
  options: ClusterOptions = {},
): Promise<ToldClusters> {
  refuseRepeatedIds(items);
  const { always = [] } = options.told ?? {};
  let united: readonly IdPair[] = [];
  for (;;) {
    const found = await clusterOnce(items, united, options);
    const waiting = always.filter((pair) => !united.includes(pair));
    const added = waiting.length === 0 ? [] : separated(found.clusters, waiting);
    if (added.length === 0) return found;
    // In the order of `always`: earlier ones go first.
    united = always.filter((pair) => united.includes(pair) || added.includes(pair));
  }
}

/** Pairs of items that are there and in different clusters, but for those whose clusters earlier ones bring together. */
function separated(clusters: readonly DuplicateCluster[], pairs: readonly IdPair[]): readonly IdPair[] {
  const clusterOf = new Map<string, number>();
  clusters.forEach(({ keptId, copies }, cluster) => {
    clusterOf.set(keptId, cluster);
    for (const { id } of copies) clusterOf.set(id, cluster);
  });
  const together = new DisjointSets(clusters.length);
  return pairs.filter(([a, b]) => {
    const [first, second] = [clusterOf.get(a), clusterOf.get(b)];
    if (first === undefined || second === undefined || together.find(first) === together.find(second)) return false;
    together.union(first, second);
    return true;
  });
}

/** @param united pairs that are one image from the beginning */
async function clusterOnce(
  items: readonly DuplicateItem[],
  united: readonly IdPair[],
  options: ClusterOptions,
): Promise<ToldClusters> {
  const { never = [], keep = [] } = options.told ?? {};
  const groups = groupIdentical(items, { never, united });
  const {
    mergeBits = 15,
    sameClassMergeBits = 31,
    minPdqQuality = 50,
    mirrors = false,
    workers = 1,
    confirm,
  } = options;
  const near = await assignNear(groups, { mergeBits, sameClassMergeBits, minPdqQuality, mirrors, workers, confirm });
  const similar = await assignSimilar(groups, near.representatives, options);
  const keptOf = keepApart(groups, { near, similar });
  const byKept = listMembers(keptOf, groups.count);
  const clusters: DuplicateCluster[] = [];
  for (let kept = 0; kept < groups.count; kept += 1) {
    if (keptOf[kept] === kept) clusters.push(describeCluster(groups, listAt(byKept, kept), { near, similar, keep }));
  }
  return { clusters, refused: groups.apart.refused() };
}

/**
 * Which group is kept in each group's place, after the worse one of two that people keep apart has left the cluster: with
 * it go those that are its own copies.
 */
function keepApart(
  { apart }: IdenticalGroups,
  { near, similar }: { readonly near: Stars; readonly similar: Stars },
): Uint32Array {
  const keptOf = (group: number): number => similar.representatives[near.representatives[group] as number] as number;
  for (const [better, worse] of [...near.refused, ...similar.refused]) apart.refuse(better, worse);
  for (const [better, worse] of apart.pairs()) {
    if (keptOf(better) !== keptOf(worse)) continue;
    apart.refuse(better, worse);
    for (const { representatives, distances, flipped } of [near, similar]) {
      representatives[worse] = worse;
      distances[worse] = 0;
      flipped[worse] = 0;
    }
  }
  return near.representatives.map((_, group) => keptOf(group));
}

function refuseRepeatedIds(items: readonly DuplicateItem[]): void {
  const ids = new Set<string>();
  for (const { id } of items) {
    if (ids.has(id)) throw new WinnowError('USAGE', `id "${id}" occurs twice`, { next: 'Give every item its own id.' });
    ids.add(id);
  }
}
