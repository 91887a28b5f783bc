import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Outcome, SampleRecord } from '@winnow/contracts';
import type { ExclusionRow } from '@winnow/db';

/** An original that the build is to have left out. */
export interface PlantedImage {
  readonly record: SampleRecord;
  readonly original: Uint8Array;
}

/** Near copies, each of another image; as many as check 26 plants. */
const NEAR = 12;
/** One more each: similar, of the same pixels, and a copy of a test image. */
export const PLANTED = NEAR + 3;
export const HELD_OUT = 'held-out';
export const LEAKED_TEST = 'cat/leak.jpg';

/** Bits of the copy of image `index`: the first is at its limit. */
export const plantedBits = (index: number): number => 31 - 2 * index;

/**
 * Makes images of what else was crawled copies of the first images of a data set: the last near one was found as a fox, and the
 * image that it is a copy of is a conflict.
 */
export function plantCopies(
  images: readonly { readonly record: SampleRecord }[],
  extra: readonly PlantedImage[],
): {
  readonly samples: readonly SampleRecord[];
  readonly copies: readonly PlantedImage[];
  readonly rows: readonly ExclusionRow[];
} {
  const copies = extra.map(({ record, original }, index) => {
    const className = index === NEAR - 1 ? 'fox' : (images[index] as (typeof images)[number]).record.className;
    return { record: { ...record, className }, original };
  });
  const rows = copies.map(({ record: { sha256, className } }, index): ExclusionRow => {
    const kept = images[index]?.record.sha256 ?? null;
    const [outcome, detail] = howOf(index);
    return { sha256, className, outcome, keptSha256: outcome === 'leak' ? null : kept, detail };
  });
  const samples = images.map(({ record }, index) => ({
    ...record,
    copies: index < PLANTED - 1 ? 2 : 1,
    conflicts: index === NEAR - 1 ? [record.className === 'fox' ? 'cat' : 'fox'] : [],
  }));
  return { samples, copies, rows };
}

function howOf(index: number): readonly [Outcome, string | null] {
  if (index < NEAR) return ['duplicate_near', `PDQ distance ${plantedBits(index)} bits`];
  if (index === NEAR) return ['duplicate_similar', 'cosine .91'];
  if (index === NEAR + 1) return ['duplicate_pixels', null];
  return ['leak', `copy of the test picture ${LEAKED_TEST}, PDQ distance 12 bits`];
}

/** The test image of the leak. */
export function writeLeakedTest(root: string, bytes: Uint8Array): void {
  const file = path.join(root, HELD_OUT, LEAKED_TEST);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}
