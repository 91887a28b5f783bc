import { compareText } from '@winnow/contracts';
import type { SampleRow } from '@winnow/db';
import { renumberedClasses } from './renumbered-classes';
import type { RenumberedClass } from './renumbered-classes';

/** An image that one of two builds has, or that they label differently. Classes of all its samples, sorted. */
export interface ChangedImage {
  readonly sha256: string;
  /** Empty where it was added. */
  readonly before: readonly string[];
  /** Empty where it was removed. */
  readonly after: readonly string[];
}

export interface SampleDiff {
  /** Each in the order of the digests. */
  readonly added: readonly ChangedImage[];
  readonly removed: readonly ChangedImage[];
  readonly relabelled: readonly ChangedImage[];
  /** Samples by class before and after, of classes that either has, in code-unit order. */
  readonly classes: readonly { readonly name: string; readonly before: number; readonly after: number }[];
  /** Those without samples have no number. */
  readonly renumbered: readonly RenumberedClass[];
}

type Labelled = Pick<SampleRow, 'sha256' | 'className' | 'label'>;

/** Compares two builds image by image. An image may be several samples: those of a world may. */
export function diffSamples(before: readonly Labelled[], after: readonly Labelled[]): SampleDiff {
  const [old, now] = [classesByImage(before), classesByImage(after)];
  const images = [...new Set([...old.keys(), ...now.keys()])]
    .sort(compareText)
    .map((sha256) => ({ sha256, before: old.get(sha256) ?? [], after: now.get(sha256) ?? [] }));
  const [oldCounts, newCounts] = [countByClass(before), countByClass(after)];
  return {
    added: images.filter((image) => image.before.length === 0),
    removed: images.filter((image) => image.after.length === 0),
    relabelled: images.filter(
      (image) =>
        image.before.length > 0 &&
        image.after.length > 0 &&
        JSON.stringify(image.before) !== JSON.stringify(image.after),
    ),
    classes: [...new Set([...oldCounts.keys(), ...newCounts.keys()])]
      .sort(compareText)
      .map((name) => ({ name, before: oldCounts.get(name) ?? 0, after: newCounts.get(name) ?? 0 })),
    renumbered: renumberedClasses(numbersByClass(before), numbersByClass(after)),
  };
}

function numbersByClass(samples: readonly Labelled[]): ReadonlyMap<string, number> {
  return new Map(samples.map(({ className, label }) => [className, label]));
}

function classesByImage(samples: readonly Labelled[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { sha256, className } of samples) {
    const known = found.get(sha256);
    if (known === undefined) found.set(sha256, [className]);
    else known.push(className);
  }
  for (const names of found.values()) names.sort(compareText);
  return found;
}

function countByClass(samples: readonly Labelled[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { className } of samples) counts.set(className, (counts.get(className) ?? 0) + 1);
  return counts;
}
