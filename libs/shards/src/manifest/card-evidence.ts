import type { ImageFlag, SampleRecord } from '@winnow/contracts';
import { IMAGE_FLAGS } from '@winnow/contracts';

/** What the records of a build say about its labels and images as a whole. */
export interface CardEvidence {
  /** Images that at least two searches (engine and query) returned. */
  readonly foundTwice: number;
  /** Of these, images that were found under several classes. */
  readonly disagreeing: number;
  /** Images that stand for more than one copy. */
  readonly withCopies: number;
  /** Images kept byte for byte as they were imported. */
  readonly unchanged: number;
  /** Samples with another label than the given one. */
  readonly relabelled: number;
  /** Images by flag, in the order of IMAGE_FLAGS, without those that no image has. */
  readonly flags: Readonly<Partial<Record<ImageFlag, number>>>;
}

/** Counts what a data set's card tells of labels, copies and flags; one pass, order does not matter. */
export function cardEvidence(records: Iterable<SampleRecord>): CardEvidence {
  const flags = new Map<ImageFlag, number>();
  const counts = { foundTwice: 0, disagreeing: 0, withCopies: 0, unchanged: 0, relabelled: 0 };
  for (const record of records) {
    if (isFoundTwice(record)) {
      counts.foundTwice += 1;
      if (record.conflicts.length > 0) counts.disagreeing += 1;
    }
    if (record.copies > 1) counts.withCopies += 1;
    if (record.unchanged === true) counts.unchanged += 1;
    if (record.givenClass !== undefined) counts.relabelled += 1;
    for (const flag of record.flags ?? []) flags.set(flag, (flags.get(flag) ?? 0) + 1);
  }
  const known = IMAGE_FLAGS.filter((flag) => flags.has(flag));
  return { ...counts, flags: Object.fromEntries(known.map((flag) => [flag, flags.get(flag)])) };
}

/** Pages of one search are one witness: an engine repeats itself. */
function isFoundTwice({ provenance }: SampleRecord): boolean {
  const [first] = provenance;
  return (
    first !== undefined && provenance.some(({ engine, query }) => engine !== first.engine || query !== first.query)
  );
}
