import { contradiction } from '@winnow/config';
import type { CorrectionRow } from '@winnow/config';
import { truthOfClass } from './decision-log';
import type { DecisionLog } from './decision-log';

/** What a list is compared with. */
interface ImportTarget {
  /** For messages. */
  readonly file: string;
  /** Whose decisions those of the list are. */
  readonly person: string;
  readonly log: DecisionLog;
  readonly classes: readonly string[];
  /** Digests of the images that a name stands for. */
  readonly imagesByName: ReadonlyMap<string, readonly string[]>;
}

/** What a list of corrections adds to the log. */
export interface ImportedDecisions {
  readonly decisions: readonly { readonly sha256: string; readonly says: string }[];
  /** Lines that say what is decided already, by all together or by this list before. */
  readonly known: number;
  /** Lines that name no image. */
  readonly unknown: number;
  /** Lines with a class that is none of the project's. */
  readonly otherClasses: number;
}

/**
 * The decisions of a list that are no decisions yet: what it says of an image is added where something else, or nothing, is
 * decided, unless the same list said so before. Added once, nothing is added again.
 * @throws WinnowError FORMAT_INVALID where two lines say different things of one image
 */
export function importedDecisions(rows: readonly CorrectionRow[], target: ImportTarget): ImportedDecisions {
  const { file, person, log, imagesByName } = target;
  const classes = new Set(target.classes);
  const byImage = new Map<string, CorrectionRow>();
  const counts = { unknown: 0, otherClasses: 0 };
  for (const row of rows) {
    const images = imagesByName.get(row.picture) ?? [];
    if (row.className !== null && !classes.has(row.className)) counts.otherClasses += 1;
    else if (images.length === 0) counts.unknown += 1;
    else {
      for (const sha256 of images) {
        const earlier = byImage.get(sha256);
        if (earlier !== undefined && earlier.className !== row.className) throw contradiction(file, earlier, row);
        byImage.set(sha256, row);
      }
    }
  }
  const all = Array.from(byImage, ([sha256, { className }]) => ({ sha256, says: truthOfClass(className) }));
  const decisions = all.filter(({ sha256, says }) => {
    const { truth, opinions } = log.decisionOf(sha256);
    return truth !== says && opinions.every((opinion) => opinion.person !== person || opinion.says !== says);
  });
  return { ...counts, decisions, known: all.length - decisions.length };
}
