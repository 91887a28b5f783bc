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

/** Sets clusters apart that a person left out: all their images go. */
export function clusterExclusions(
  clusters: readonly DuplicateCluster[],
  images: ReadonlyMap<string, SelectedImage>,
  exclude: Pick<ExclusionRules, 'clusters' | 'isConflictExcluded'>,
): { readonly kept: readonly DuplicateCluster[]; readonly excluded: readonly ExclusionRow[] } {
  const kept: DuplicateCluster[] = [];
  const excluded: ExclusionRow[] = [];
  for (const cluster of clusters) {
    const detail = reasonToLeaveOut(cluster, exclude);
    if (detail === null) kept.push(cluster);
    else {
      for (const sha256 of membersOf(cluster)) {
        const className = images.get(sha256)?.provenance[0]?.className ?? '';
        excluded.push({ sha256, className, outcome: 'excluded', keptSha256: null, detail });
      }
    }
  }
  return { kept, excluded };
}

function reasonToLeaveOut(
  cluster: DuplicateCluster,
  { clusters: prefixes, isConflictExcluded }: Pick<ExclusionRules, 'clusters' | 'isConflictExcluded'>,
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
