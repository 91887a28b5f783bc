import { assignStars } from './greedy-star-clustering';
import type { Candidate, Stars } from './greedy-star-clustering';
import type { DuplicateItem } from './duplicate-item';
import { bestOf, sharesClass } from './group-identical';
import type { IdenticalGroups } from './group-identical';
import { hashWords } from '../hashes/hamming-distance';
import { FLIP_SLACK_BITS } from '../hashes/mirror-hash';
import { nearHashes } from '../hashes/near-hashes';
import type { VisitNear } from '../hashes/near-hashes';

/** Two images whose hashes are near, the better one first; `flipped` where the copy shows the other in a mirror. */
export interface NearPair {
  readonly kept: DuplicateItem;
  readonly copy: DuplicateItem;
  readonly flipped: boolean;
}

/**
 * Gets ready, at once, for every pair that it may be asked about: all near pairs, as if none were copies. What it then says
 * of a pair must depend on the pairs alone, not on the order in which it is asked.
 */
export type ConfirmNear = (pairs: Iterable<NearPair>) => Promise<(pair: NearPair) => boolean>;

export interface NearLimits {
  readonly mergeBits: number;
  readonly sameClassMergeBits: number;
  readonly minPdqQuality: number;
  readonly mirrors: boolean;
  readonly workers: number;
  readonly confirm?: ConfirmNear;
}

/** Groups whose best images have near PDQ hashes; distances are bits. */
export async function assignNear(groups: IdenticalGroups, limits: NearLimits): Promise<Stars> {
  const { mergeBits, minPdqQuality, mirrors, workers, confirm } = limits;
  const sameClassBits = Math.max(mergeBits, limits.sameClassMergeBits);
  const hashed = Uint32Array.from({ length: groups.count }, (_, group) => group).filter(
    (group) => bestOf(groups, group).pdqQuality >= minPdqQuality,
  );
  const words = hashWords(Array.from(hashed, (group) => bestOf(groups, group).pdq));
  const visit = await nearHashes(words, {
    radiusBits: sameClassBits,
    workers,
    ...(mirrors && { flipRadiusBits: sameClassBits + FLIP_SLACK_BITS }),
  });
  const isWithin = (row: number, { other, distance, flipped }: Candidate): boolean => {
    const limit = sharesClass(groups, hashed[row] as number, hashed[other] as number) ? sameClassBits : mergeBits;
    return distance <= limit + (flipped ? FLIP_SLACK_BITS : 0);
  };
  const pairOf = (row: number, { other, flipped }: Candidate): NearPair => {
    const [kept, copy] = [hashed[row] as number, hashed[other] as number];
    return { kept: bestOf(groups, kept), copy: bestOf(groups, copy), flipped };
  };
  const decide = await confirm?.(listPairs(hashed.length, visit, { isWithin, pairOf }));
  const stars = assignStars(
    hashed.length,
    visit,
    (row, candidate) => isWithin(row, candidate) && decide?.(pairOf(row, candidate)) !== false,
    (row, other) => groups.apart.has(hashed[row] as number, hashed[other] as number),
  );
  return spread(stars, hashed, groups.count);
}

interface PairRules {
  readonly isWithin: (row: number, candidate: Candidate) => boolean;
  readonly pairOf: (row: number, candidate: Candidate) => NearPair;
}

/** Every pair once, and once more where it is near in a mirror, too. */
function* listPairs(count: number, visit: VisitNear, { isWithin, pairOf }: PairRules): Generator<NearPair> {
  for (let row = 0; row < count; row += 1) {
    const candidates: Candidate[] = [];
    visit(row, (other, distance, flipped) => {
      if (other > row) candidates.push({ other, distance, flipped });
    });
    for (const candidate of candidates) if (isWithin(row, candidate)) yield pairOf(row, candidate);
  }
}

/** From some rows to all of them; the others are kept. */
export function spread(
  { representatives, distances, flipped, refused }: Stars,
  rows: Uint32Array,
  count: number,
): Stars {
  const rowOf = (row: number): number => rows[row] as number;
  const all = {
    refused: refused.map(([better, worse]) => [rowOf(better), rowOf(worse)] as const),
    representatives: new Uint32Array(count),
    distances: new Float64Array(count),
    flipped: new Uint8Array(count),
  };
  for (let row = 0; row < count; row += 1) all.representatives[row] = row;
  rows.forEach((row, index) => {
    all.representatives[row] = rowOf(representatives[index] as number);
    all.distances[row] = distances[index] as number;
    all.flipped[row] = flipped[index] as number;
  });
  return all;
}
