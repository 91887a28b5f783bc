import { NOISE_KINDS } from '@winnow/contracts';
import type { ImageList, NoiseKind } from '@winnow/contracts';
import type { SplitRow } from '@winnow/db';
import type { Correction, SplitResult } from '@winnow/noise';

/** The same split of some rows of the pool, in the order given. */
export function selectSplitRows(split: SplitResult, rows: readonly number[]): SplitResult {
  return {
    kinds: Uint8Array.from(rows, (row) => split.kinds[row] as number),
    probabilities: Float32Array.from(
      rows.flatMap((row) => [0, 1, 2].map((kind) => split.probabilities[row * 3 + kind] as number)),
    ),
    refinedLabels: Int32Array.from(rows, (row) => split.refinedLabels[row] as number),
    score: Float32Array.from(rows, (row) => split.score[row] as number),
  };
}

/** A person's corrections of some rows of the pool, by their place among these. */
export function selectCorrections(corrections: readonly Correction[], rows: readonly number[]): Correction[] {
  const locationOf = new Map(rows.map((row, location) => [row, location]));
  return corrections.flatMap(({ row, truth }) => {
    const location = locationOf.get(row);
    return location === undefined ? [] : [{ row: location, truth }];
  });
}

/** Images of each kind. */
export function countKinds({ kinds }: Pick<SplitResult, 'kinds'>): Record<NoiseKind, number> {
  const counts = { clean: 0, closed: 0, open: 0 };
  kinds.forEach((kind) => {
    counts[NOISE_KINDS[kind] as NoiseKind] += 1;
  });
  return counts;
}

/** A split as the database keeps it. */
export function toSplitRows(images: ImageList, split: SplitResult): SplitRow[] {
  return images.keys.map((key, row) => ({
    key,
    kind: NOISE_KINDS[split.kinds[row] as number] as NoiseKind,
    cleanProbability: split.probabilities[row * 3] as number,
    closedProbability: split.probabilities[row * 3 + 1] as number,
    openProbability: split.probabilities[row * 3 + 2] as number,
    refinedLabel: split.refinedLabels[row] as number,
    score: split.score[row] as number,
  }));
}

/** A split from the database, in the order of the pool. */
export function fromSplitRows(images: ImageList, rows: readonly SplitRow[]): SplitResult {
  const byKey = new Map(rows.map((row) => [row.key, row]));
  const ordered = images.keys.map((key) => byKey.get(key) as SplitRow);
  return {
    kinds: Uint8Array.from(ordered, ({ kind }) => NOISE_KINDS.indexOf(kind)),
    probabilities: Float32Array.from(
      ordered.flatMap((row) => [row.cleanProbability, row.closedProbability, row.openProbability]),
    ),
    refinedLabels: Int32Array.from(ordered, ({ refinedLabel }) => refinedLabel),
    score: Float32Array.from(ordered, ({ score }) => score),
  };
}
