import { IMAGE_FLAGS } from '@winnow/contracts';
import type { Outcome, ImageFlag, SampleRecord } from '@winnow/contracts';
import type { ExclusionRow } from '@winnow/db';

export interface PlanCounts {
  readonly originals: number;
  readonly samples: number;
  /** Files left out or folded into another, by outcome. */
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  readonly perClass: Readonly<Record<string, number>>;
  /** Samples by flag, of those that any has. */
  readonly flags: Readonly<Partial<Record<ImageFlag, number>>>;
  /** Samples of which copies were found under several classes. */
  readonly conflicts: number;
}

/** @param originals with a listing under a class of the project */
export function countPlan(
  originals: number,
  samples: readonly SampleRecord[],
  exclusions: readonly ExclusionRow[],
): PlanCounts {
  const outcomes: Partial<Record<Outcome, number>> = {};
  for (const { outcome } of exclusions) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  const flagged = new Map<ImageFlag, number>();
  for (const flag of samples.flatMap(({ flags }) => flags ?? [])) flagged.set(flag, (flagged.get(flag) ?? 0) + 1);
  return {
    originals,
    samples: samples.length,
    outcomes,
    perClass: Object.fromEntries(countClasses(samples)),
    flags: Object.fromEntries(IMAGE_FLAGS.flatMap((flag) => (flagged.has(flag) ? [[flag, flagged.get(flag)]] : []))),
    conflicts: samples.filter(({ conflicts }) => conflicts.length > 0).length,
  };
}

/** How often each class is named. A map: `constructor` and `__proto__` are names like any other. */
export function countClasses(items: readonly { readonly className: string }[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { className } of items) counts.set(className, (counts.get(className) ?? 0) + 1);
  return counts;
}

/** `gone 3 · leak 2` */
export function listCounts(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(' · ');
}
