/** Reports a row that may be a copy, and how far it is. */
export type Found = (other: number, distance: number, mirrored: boolean) => void;

/** Which row is kept in each row's place. */
export interface Stars {
  /** Itself where it is kept, [rows]. */
  readonly keepers: Uint32Array;
  /** From its keeper, [rows]. */
  readonly distances: Float64Array;
  /** 1 where it was near its keeper in a mirror only, [rows]. */
  readonly mirrored: Uint8Array;
}

/**
 * Goes through rows best first: one that no kept row claims is kept, and claims the later rows near it; a later, nearer
 * keeper takes a copy over. So every copy is within the limit of what is kept in its place, and no chains grow.
 * @param visit calls `found` for the rows near one that is kept, in any order
 * @param accepts last word on a pair
 */
export function assignStars(
  count: number,
  visit: (keeper: number, found: Found) => void,
  accepts: (keeper: number, other: number, distance: number, mirrored: boolean) => boolean = () => true,
): Stars {
  const keepers = new Uint32Array(count);
  for (let row = 0; row < count; row += 1) keepers[row] = row;
  const distances = new Float64Array(count);
  const mirrored = new Uint8Array(count);
  for (let keeper = 0; keeper < count; keeper += 1) {
    if (keepers[keeper] !== keeper) continue;
    visit(keeper, (other, distance, isMirrored) => {
      const isFree = keepers[other] === other || distance < (distances[other] as number);
      if (other <= keeper || !isFree || !accepts(keeper, other, distance, isMirrored)) return;
      keepers[other] = keeper;
      distances[other] = distance;
      mirrored[other] = Number(isMirrored);
    });
  }
  return { keepers, distances, mirrored };
}
