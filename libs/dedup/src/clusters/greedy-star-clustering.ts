/** Reports a row that may be a copy, and how far it is. */
export type Found = (other: number, distance: number, flipped: boolean) => void;

/** A row that a kept one may claim. */
export interface Candidate {
  readonly other: number;
  readonly distance: number;
  /** Near in a mirror. */
  readonly flipped: boolean;
}

/** Which row is kept in each row's place. */
export interface Stars {
  /** Itself where it is kept, [rows]. */
  readonly representatives: Uint32Array;
  /** From its keeper, [rows]. */
  readonly distances: Float64Array;
  /** 1 where it was near its keeper in a mirror only, [rows]. */
  readonly flipped: Uint8Array;
}

/**
 * Goes through rows best first: one that no kept row claims is kept, and claims the later rows near it; a later, nearer
 * keeper takes a copy over. So every copy is within the limit of what is kept in its place, and no chains grow.
 * @param visit calls `found` for the rows near one that is kept, in any order
 * @param accepts last word on a pair
 */
export function assignStars(
  count: number,
  visit: (representative: number, found: Found) => void,
  accepts: (representative: number, candidate: Candidate) => boolean = () => true,
): Stars {
  const stars = allKept(count);
  for (let representative = 0; representative < count; representative += 1) {
    if (stars.representatives[representative] !== representative) continue;
    visit(representative, (other, distance, flipped) => {
      const candidate = { other, distance, flipped };
      if (isFree(stars, representative, candidate) && accepts(representative, candidate))
        claim(stars, representative, candidate);
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
  visit: (representative: number, found: Found) => void,
  ask: (representative: number, others: readonly number[]) => Promise<readonly boolean[]>,
): Promise<Stars> {
  const stars = allKept(count);
  for (let representative = 0; representative < count; representative += 1) {
    if (stars.representatives[representative] !== representative) continue;
    const candidates: Candidate[] = [];
    visit(representative, (other, distance, flipped) => {
      const candidate = { other, distance, flipped };
      if (isFree(stars, representative, candidate)) candidates.push(candidate);
    });
    if (candidates.length === 0) continue;
    const replies = await ask(
      representative,
      candidates.map(({ other }) => other),
    );
    candidates.forEach((candidate, index) => {
      if (replies[index] === true) claim(stars, representative, candidate);
    });
  }
  return stars;
}

function claim({ representatives, distances, flipped }: Stars, representative: number, candidate: Candidate): void {
  representatives[candidate.other] = representative;
  distances[candidate.other] = candidate.distance;
  flipped[candidate.other] = Number(candidate.flipped);
}

function isFree(
  { representatives, distances }: Stars,
  representative: number,
  { other, distance }: Candidate,
): boolean {
  return other > representative && (representatives[other] === other || distance < (distances[other] as number));
}

function allKept(count: number): Stars {
  const representatives = new Uint32Array(count);
  for (let row = 0; row < count; row += 1) representatives[row] = row;
  return { representatives, distances: new Float64Array(count), flipped: new Uint8Array(count) };
}
