import { NOISE_KINDS } from '@winnow/contracts';
import type { NoiseKind } from '@winnow/contracts';
import { SeededRandom } from '@winnow/random';
import { looksNeeded } from './wilson-interval';

export type KindCounts = Readonly<Record<NoiseKind, number>>;

/** Which images of a split are looked at to measure it. The same plan and split give the same looks, always. */
export interface MeasurePlan {
  readonly seed: number | string;
  /** Looks of each kind, one entry for the plan as it was made and one each time that it was extended. */
  readonly stages: readonly KindCounts[];
}

/** An image that a plan drew. */
export interface PlannedLook {
  /** Row of the pool. */
  readonly row: number;
  /** What the split that is measured calls it: where it was drawn from. */
  readonly kind: NoiseKind;
  /** With which it was drawn: looks of its kind in the stages up to its own, of the images of the kind. */
  readonly chance: number;
}

/**
 * The looks of a plan, stage by stage, kinds mixed within each. Each kind's images come in one seeded order, of which the
 * plan takes the first: an extended plan has the looks of before first and draws no image twice.
 * @param kinds of the split that is measured, index into NOISE_KINDS, [count]
 */
export function plannedLooks({ seed, stages }: MeasurePlan, kinds: Uint8Array): PlannedLook[] {
  const random = new SeededRandom(seed).fork('measure');
  const order = NOISE_KINDS.map((kind, index) => {
    const rows = rowsOfKind(kinds, index);
    return [...random.fork(kind).permutation(rows.length)].map((at) => rows[at] as number);
  });
  const taken = NOISE_KINDS.map(() => 0);
  return stages.flatMap((stage, stageIndex) => {
    const looks = NOISE_KINDS.flatMap((kind, index) => {
      const rows = order[index] as number[];
      const from = taken[index] as number;
      const to = Math.min(rows.length, from + stage[kind]);
      taken[index] = to;
      return rows.slice(from, to).map((row) => ({ row, kind, chance: to / rows.length }));
    });
    return random.fork('stage', stageIndex).shuffle(looks);
  });
}

function rowsOfKind(kinds: Uint8Array, kind: number): number[] {
  const rows: number[] = [];
  for (let row = 0; row < kinds.length; row += 1) if (kinds[row] === kind) rows.push(row);
  return rows;
}

/** Images of each kind. @param kinds index into NOISE_KINDS, [count] */
export function kindSizes(kinds: Uint8Array): KindCounts {
  const sizes = { clean: 0, closed: 0, open: 0 };
  for (let row = 0; row < kinds.length; row += 1) sizes[NOISE_KINDS[kinds[row] as number] as NoiseKind] += 1;
  return sizes;
}

/** What is expected of a kind before it is measured: never so sure of itself that a handful of looks would do. */
const MAX_EXPECTED = 0.9;

interface WantedPlan {
  readonly halfWidth: number;
  readonly kinds: readonly NoiseKind[];
  readonly sizes: KindCounts;
  /** Mean probability that the split gives each kind's images to be so, 0.5 to 0.9 are taken of it. */
  readonly expected: KindCounts;
}

/** Looks of each kind for a half-width, by what the split expects of itself. */
export function countPlan({ halfWidth, kinds, sizes, expected }: WantedPlan): KindCounts {
  const looks = (kind: NoiseKind): number => {
    if (!kinds.includes(kind)) return 0;
    return looksNeeded(Math.min(MAX_EXPECTED, Math.max(0.5, expected[kind])), halfWidth, sizes[kind]);
  };
  return { clean: looks('clean'), closed: looks('closed'), open: looks('open') };
}
