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
  /** Pairs that people keep apart, the better row first, and that would be a copy and its keeper otherwise. */
  readonly refused: readonly (readonly [number, number])[];
}

/** What is never claimed, however near it is. */
type IsApart = (representative: number, other: number) => boolean;

/**
 * Goes through rows best first: one that no kept row claims is kept, and claims the later rows near it; a later, nearer
 * keeper takes a copy over. So every copy is within the limit of what is kept in its place, and no chains grow.
 * @param visit calls `found` for the rows near one that is kept, in any order
 * @param accepts last word on what was measured of a pair
 * @param isApart last word on a pair
 */
export function assignStars(
  count: number,
  visit: (representative: number, found: Found) => void,
  accepts: (representative: number, candidate: Candidate) => boolean,
  isApart: IsApart,
): Stars {
  const stars = allKept(count);
  const apart: Claim[] = [];
  for (let representative = 0; representative < count; representative += 1) {
    if (stars.representatives[representative] !== representative) continue;
    visit(representative, (other, distance, flipped) => {
      const candidate = { other, distance, flipped };
      if (!isFree(stars, representative, candidate) || !accepts(representative, candidate)) return;
      if (isApart(representative, other)) apart.push({ representative, candidate });
      else claim(stars, representative, candidate);
    });
  }
  return { ...stars, refused: refusedOf(apart, stars) };
}

/**
 * The same where the last word takes time: each kept row asks at once about all rows that it might claim, so nothing is
 * asked about a row that a better one has claimed already, unless this one is nearer.
 */
export async function assignStarsAsking(
  count: number,
  visit: (representative: number, found: Found) => void,
  ask: (representative: number, others: readonly number[]) => Promise<readonly boolean[]>,
  isApart: IsApart,
): Promise<Stars> {
  const stars = allKept(count);
  const apart: Claim[] = [];
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
      if (replies[index] !== true) return;
      if (isApart(representative, candidate.other)) apart.push({ representative, candidate });
      else claim(stars, representative, candidate);
    });
  }
  return { ...stars, refused: refusedOf(apart, stars) };
}

interface Claim {
  readonly representative: number;
  readonly candidate: Candidate;
}

type Assigned = Omit<Stars, 'refused'>;

/** Those that no nearer row has taken over; of two as near the better one keeps. */
function refusedOf(apart: readonly Claim[], stars: Assigned): Stars['refused'] {
  const isMissed = ({ representative, candidate }: Claim): boolean => {
    const { other, distance } = candidate;
    const isTie = distance === stars.distances[other] && representative < (stars.representatives[other] as number);
    return isFree(stars, representative, candidate) || isTie;
  };
  return apart.filter(isMissed).map(({ representative, candidate }) => [representative, candidate.other]);
}

function claim({ representatives, distances, flipped }: Assigned, representative: number, candidate: Candidate): void {
  representatives[candidate.other] = representative;
  distances[candidate.other] = candidate.distance;
  flipped[candidate.other] = Number(candidate.flipped);
}

function isFree(
  { representatives, distances }: Assigned,
  representative: number,
  { other, distance }: Candidate,
): boolean {
  return other > representative && (representatives[other] === other || distance < (distances[other] as number));
}

function allKept(count: number): Assigned {
  const representatives = new Uint32Array(count);
  for (let row = 0; row < count; row += 1) representatives[row] = row;
  return { representatives, distances: new Float64Array(count), flipped: new Uint8Array(count) };
}
