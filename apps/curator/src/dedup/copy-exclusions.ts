import type { ExclusionRow } from '@winnow/db';
import type { DuplicateCluster, DuplicateCopy } from '@winnow/dedup';
import type { SelectedImage } from '../build/select-originals';
import type { ExclusionRules } from '../filter/parse-exclusions';

/** Copies that are folded into a better one, with how they were recognised. */
export function copyExclusions(
  clusters: readonly DuplicateCluster[],
  images: ReadonlyMap<string, SelectedImage>,
): ExclusionRow[] {
  return clusters.flatMap(({ keptId, copies }) =>
    copies.map((copy) => ({
      sha256: copy.id,
      className: images.get(copy.id)?.provenance[0]?.className ?? '',
      outcome: copy.outcome,
      keptSha256: keptId,
      detail: describeCopy(copy),
    })),
  );
}

/** What leaves clusters out: `build.exclude`, and people who looked at one of their images. */
export interface ClusterRules extends Pick<ExclusionRules, 'clusters' | 'isConflictExcluded'> {
  /** Digests. */
  readonly leftOut: ReadonlySet<string>;
}

/** Sets clusters apart that a person left out: all their images go. */
export function clusterExclusions(
  clusters: readonly DuplicateCluster[],
  images: ReadonlyMap<string, SelectedImage>,
  exclude: ClusterRules,
): { readonly kept: readonly DuplicateCluster[]; readonly excluded: readonly ExclusionRow[] } {
  const kept: DuplicateCluster[] = [];
  const excluded: ExclusionRow[] = [];
  for (const cluster of clusters) {
    const classOf = (sha256: string): string => images.get(sha256)?.provenance[0]?.className ?? '';
    const named = exclude.leftOut.size === 0 ? undefined : membersOf(cluster).find((id) => exclude.leftOut.has(id));
    const detail = reasonToLeaveOut(cluster, exclude);
    if (named !== undefined) {
      for (const sha256 of membersOf(cluster)) {
        const because = exclude.leftOut.has(sha256) ? null : `copy of ${named}`;
        excluded.push({ ...leftOutRow(sha256, classOf(sha256)), detail: because });
      }
    } else if (detail === null) kept.push(cluster);
    else {
      for (const sha256 of membersOf(cluster)) {
        excluded.push({ sha256, className: classOf(sha256), outcome: 'excluded', keptSha256: null, detail });
      }
    }
  }
  return { kept, excluded };
}

/** Of an image that somebody left out. */
export function leftOutRow(sha256: string, className: string): ExclusionRow {
  return { sha256, className, outcome: 'left_out', keptSha256: null, detail: null };
}

function reasonToLeaveOut(
  cluster: DuplicateCluster,
  { clusters: prefixes, isConflictExcluded }: Pick<ClusterRules, 'clusters' | 'isConflictExcluded'>,
): string | null {
  const prefix =
    prefixes.length === 0
      ? undefined
      : prefixes.find((wanted) => membersOf(cluster).some((sha256) => sha256.startsWith(wanted)));
  if (prefix !== undefined) return `cluster:${prefix}`;
  return isConflictExcluded && cluster.conflicts.length > 0 ? 'outcome:conflict' : null;
}

function membersOf({ keptId, copies }: DuplicateCluster): readonly string[] {
  return [keptId, ...copies.map(({ id }) => id)];
}

function describeCopy({ outcome, distanceBits, similarity, flipped }: DuplicateCopy): string | null {
  const how = flipped === true ? ', mirrored' : '';
  if (outcome === 'duplicate_near') return `PDQ distance ${distanceBits} bits${how}`;
  if (outcome === 'duplicate_similar') return `cosine ${(similarity ?? 0).toFixed(2).replace(/^0/, '')}${how}`;
  return null;
}
