import type { PictureFlag, SampleRecord } from '@winnow/contracts';
import { PICTURE_FLAGS } from '@winnow/contracts';

/** What the records of a build say about its labels and pictures as a whole. */
export interface CardEvidence {
  /** Pictures that at least two searches (engine and query) returned. */
  readonly foundTwice: number;
  /** Of these, pictures that were found under several classes. */
  readonly disagreeing: number;
  /** Pictures that stand for more than one copy. */
  readonly withCopies: number;
  /** Pictures kept byte for byte as they were imported. */
  readonly unchanged: number;
  /** Samples with another label than the given one. */
  readonly relabelled: number;
  /** Pictures by flag, in the order of PICTURE_FLAGS, without those that no picture has. */
  readonly flags: Readonly<Partial<Record<PictureFlag, number>>>;
}

/** Counts what a data set's card tells of labels, copies and flags; one pass, order does not matter. */
export function cardEvidence(records: Iterable<SampleRecord>): CardEvidence {
  const flags = new Map<PictureFlag, number>();
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
  const known = PICTURE_FLAGS.filter((flag) => flags.has(flag));
  return { ...counts, flags: Object.fromEntries(known.map((flag) => [flag, flags.get(flag)])) };
}

/** Pages of one search are one witness: an engine repeats itself. */
function isFoundTwice({ provenance }: SampleRecord): boolean {
  const [first] = provenance;
  return (
    first !== undefined && provenance.some(({ engine, query }) => engine !== first.engine || query !== first.query)
  );
}
