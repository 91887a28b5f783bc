import { assignStars } from './assign-stars';
import type { Stars } from './assign-stars';
import type { DuplicateItem } from './duplicate-item';
import { bestOf, sharesClass } from './group-identical';
import type { IdenticalGroups } from './group-identical';
import { hashWords } from './hamming-distance';
import { MIRROR_SLACK_BITS } from './mirror-hash';
import { nearHashes } from './near-hashes';

export interface NearLimits {
  readonly mergeBits: number;
  readonly sameClassMergeBits: number;
  readonly minPdqQuality: number;
  readonly mirrors: boolean;
  readonly workers: number;
  readonly confirm?: (kept: DuplicateItem, copy: DuplicateItem, mirrored: boolean) => boolean;
}

/** Groups whose best pictures have near PDQ hashes; distances are bits. */
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
    ...(mirrors && { mirrorRadiusBits: sameClassBits + MIRROR_SLACK_BITS }),
  });
  const stars = assignStars(hashed.length, visit, (row, otherRow, distanceBits, mirrored) => {
    const [kept, copy] = [hashed[row] as number, hashed[otherRow] as number];
    const limit = sharesClass(groups, kept, copy) ? sameClassBits : mergeBits;
    if (distanceBits > limit + (mirrored ? MIRROR_SLACK_BITS : 0)) return false;
    return confirm?.(bestOf(groups, kept), bestOf(groups, copy), mirrored) ?? true;
  });
  return spread(stars, hashed, groups.count);
}

/** From some rows to all of them; the others are kept. */
export function spread({ keepers, distances, mirrored }: Stars, rows: Uint32Array, count: number): Stars {
  const all = { keepers: new Uint32Array(count), distances: new Float64Array(count), mirrored: new Uint8Array(count) };
  for (let row = 0; row < count; row += 1) all.keepers[row] = row;
  rows.forEach((row, place) => {
    all.keepers[row] = rows[keepers[place] as number] as number;
    all.distances[row] = distances[place] as number;
    all.mirrored[row] = mirrored[place] as number;
  });
  return all;
}
