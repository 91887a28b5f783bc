import type { BuildUse } from '@winnow/db';

export interface BuildChoice {
  readonly removed: readonly BuildUse[];
  /** Builds that hold forgotten images and stay all the same. */
  readonly holding: readonly BuildUse[];
}

/**
 * Which builds may go: those that are neither current, nor among the `keep` that were used last, nor used by a split or
 * a run. A build that holds forgotten images is not kept for having been used lately.
 * @param uses the one that was used last first
 * @param runDigests of builds that a run folder names: unfinished runs are in no table
 */
export function chooseBuilds(
  uses: readonly BuildUse[],
  { keep, runDigests }: { readonly keep: number; readonly runDigests: ReadonlySet<string> },
): BuildChoice {
  const isRemoved = (use: BuildUse, location: number): boolean => {
    const isUsed = use.splits > 0 || use.runs > 0 || runDigests.has(use.digest);
    return location > 0 && !isUsed && (location >= keep || use.forgottenSamples > 0);
  };
  const removed = uses.filter(isRemoved);
  const holding = uses.filter((use, location) => !isRemoved(use, location) && use.forgottenSamples > 0);
  return { removed, holding };
}
