import { NOISE_KINDS } from '@winnow/contracts';
import type { NoiseKind } from '@winnow/contracts';
import { largestRows } from './doubt';
import type { ReviewPool } from './next-looks';

/** Images of which a split says the same, to be looked at at once. */
export interface ReviewSheet {
  readonly kind: NoiseKind;
  readonly given: number;
  /** What images called closed are taken for; null of all others. */
  readonly refined: number | null;
  /** Undecided images of the group, those of the sheet among them. */
  readonly groupSize: number;
  /** Surest first, or most doubtful. */
  readonly rows: readonly number[];
}

/** Images of a sheet. */
export const SHEET_SIZE = 60;

export interface SheetOptions {
  readonly isDoubtfulFirst?: boolean;
  readonly size?: number;
}

/** The next sheet: of the largest group of undecided images that a split says the same of; null where none are left. */
export function nextSheet(pool: ReviewPool, options: SheetOptions = {}): ReviewSheet | null {
  const [largest] = sheetGroups(pool);
  return largest === undefined ? null : sheetOf(pool, largest, options);
}

export type SheetGroup = Omit<ReviewSheet, 'rows'>;

/** Groups of undecided images by kind, given and refined label; the largest first, of equals by kind and labels. */
export function sheetGroups(pool: ReviewPool): SheetGroup[] {
  const sizes = new Map<string, number>();
  for (let row = 0; row < pool.kinds.length; row += 1) {
    if (pool.isDecided(row)) continue;
    const key = keyOf(pool, row);
    sizes.set(key, (sizes.get(key) ?? 0) + 1);
  }
  return [...sizes]
    .map(([key, groupSize]) => {
      const [kind, given, refined] = key.split(' ').map(Number) as [number, number, number];
      return { kind: NOISE_KINDS[kind] as NoiseKind, given, refined: refined < 0 ? null : refined, groupSize };
    })
    .sort((a, b) => b.groupSize - a.groupSize || orderOf(a) - orderOf(b));
}

/** A sheet of a group. */
export function sheetOf(
  pool: ReviewPool,
  group: SheetGroup,
  { isDoubtfulFirst = false, size = SHEET_SIZE }: SheetOptions = {},
): ReviewSheet {
  const kind = NOISE_KINDS.indexOf(group.kind);
  const key = `${kind} ${group.given} ${group.refined ?? -1}`;
  const sign = isDoubtfulFirst ? -1 : 1;
  const sureness = Float64Array.from(
    pool.kinds,
    (_, row) => sign * (pool.probabilities[row * NOISE_KINDS.length + kind] as number),
  );
  return { ...group, rows: largestRows(sureness, size, (row) => !pool.isDecided(row) && keyOf(pool, row) === key) };
}

/** What the rest of a sheet is decided to be: a class, or that it shows none of them. */
export function sheetClaim({ kind, given, refined }: Pick<ReviewSheet, 'kind' | 'given' | 'refined'>): number | 'open' {
  return kind === 'open' ? 'open' : (refined ?? given);
}

function keyOf({ kinds, labels, refinedLabels }: ReviewPool, row: number): string {
  const kind = kinds[row] as number;
  return `${kind} ${labels[row]} ${NOISE_KINDS[kind] === 'closed' ? refinedLabels[row] : -1}`;
}

/** Below 2^20 classes no two are alike. */
function orderOf({ kind, given, refined }: SheetGroup): number {
  return NOISE_KINDS.indexOf(kind) * 2 ** 40 + given * 2 ** 20 + (refined ?? 0);
}
