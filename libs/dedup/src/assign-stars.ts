/** Reports a row that may be a copy, and how far it is. */
export type Found = (other: number, distance: number, mirrored: boolean) => void;

/** A row that a kept one may claim. */
export interface Candidate {
  readonly other: number;
  readonly distance: number;
  /** Near in a mirror. */
  readonly mirrored: boolean;
}

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
  accepts: (keeper: number, candidate: Candidate) => boolean = () => true,
): Stars {
  const stars = allKept(count);
  for (let keeper = 0; keeper < count; keeper += 1) {
    if (stars.keepers[keeper] !== keeper) continue;
    visit(keeper, (other, distance, mirrored) => {
      const candidate = { other, distance, mirrored };
      if (isFree(stars, keeper, candidate) && accepts(keeper, candidate)) claim(stars, keeper, candidate);
    });
  }
  return stars;
}

/**
 * The same where the last word takes time: each kept row asks at once about all rows that it might claim, so nothing is
 * asked about a row that a better one has claimed already, unless this one is nearer.
 */
export async function assignStarsAsking(
  count: number,
  visit: (keeper: number, found: Found) => void,
  ask: (keeper: number, others: readonly number[]) => Promise<readonly boolean[]>,
): Promise<Stars> {
  const stars = allKept(count);
  for (let keeper = 0; keeper < count; keeper += 1) {
    if (stars.keepers[keeper] !== keeper) continue;
    const candidates: Candidate[] = [];
    visit(keeper, (other, distance, mirrored) => {
      const candidate = { other, distance, mirrored };
      if (isFree(stars, keeper, candidate)) candidates.push(candidate);
    });
    if (candidates.length === 0) continue;
    const answers = await ask(
      keeper,
      candidates.map(({ other }) => other),
    );
    candidates.forEach((candidate, index) => {
      if (answers[index] === true) claim(stars, keeper, candidate);
    });
  }
  return stars;
}

function claim({ keepers, distances, mirrored }: Stars, keeper: number, candidate: Candidate): void {
  keepers[candidate.other] = keeper;
  distances[candidate.other] = candidate.distance;
  mirrored[candidate.other] = Number(candidate.mirrored);
}

function isFree({ keepers, distances }: Stars, keeper: number, { other, distance }: Candidate): boolean {
  return other > keeper && (keepers[other] === other || distance < (distances[other] as number));
}

function allKept(count: number): Stars {
  const keepers = new Uint32Array(count);
  for (let row = 0; row < count; row += 1) keepers[row] = row;
  return { keepers, distances: new Float64Array(count), mirrored: new Uint8Array(count) };
}
