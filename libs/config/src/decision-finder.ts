import { createHash } from 'node:crypto';
import { compareText } from '@winnow/contracts';
import { contradiction } from './load-corrections';
import type { CorrectionRow } from './load-corrections';

/** Decisions of a person, as `loadCorrections` reads them. */
export interface Decisions {
  /** For messages; empty where there are none. */
  readonly file: string;
  readonly rows: readonly CorrectionRow[];
}

/** By what a decision may name an image. */
export interface NamedImage {
  /** Of the original file, hex. */
  readonly sha256: string;
  /** Listings of the image and of its copies. */
  readonly provenance: readonly { readonly imageUrl: string }[];
  /** Digests of files that were folded into it, hex. */
  readonly copies?: readonly string[] | undefined;
}

/** A decision on a copy, and the other one on the image that stands for it. */
export interface OverruledDecision {
  readonly overruled: CorrectionRow;
  readonly by: CorrectionRow;
}

/**
 * Finds the decision on an image by its digest, by the URL of any listing, and else by the digest of a file that was folded
 * into it: what was said of a copy holds for the image that stands for it, unless something else is said of that one. It
 * remembers which decisions were found; of the images it remembers nothing.
 */
export class DecisionFinder {
  /** Rows with a class that is none of the project's, or no longer: passed over. */
  readonly foreign: readonly CorrectionRow[];
  readonly #file: string;
  readonly #byName: ReadonlyMap<string, CorrectionRow>;
  readonly #found = new Set<CorrectionRow>();
  readonly #overruled: OverruledDecision[] = [];

  /** @param classes of the project */
  constructor({ file, rows }: Decisions, classes: readonly string[]) {
    const known = new Set(classes);
    const isForeign = ({ className }: CorrectionRow): boolean => className !== null && !known.has(className);
    this.#file = file;
    this.foreign = rows.filter(isForeign);
    this.#byName = new Map(rows.filter((row) => !isForeign(row)).map((row) => [row.picture, row]));
  }

  /** @throws WinnowError FORMAT_INVALID where two lines say different things of one image, or of two copies that it stands for */
  find({ sha256, provenance, copies = [] }: NamedImage): CorrectionRow | undefined {
    const own = this.#agreed([sha256, ...provenance.map(({ imageUrl }) => imageUrl)]);
    if (own === undefined) return this.#agreed(copies);
    for (const overruled of this.#rows(copies)) {
      if (overruled.className !== own.className) this.#overruled.push({ overruled, by: own });
    }
    return own;
  }

  /** Decisions that name none of the images that were asked about. */
  get unknown(): readonly CorrectionRow[] {
    return [...this.#byName.values()].filter((row) => !this.#found.has(row));
  }

  /** Decisions on copies that do not hold, since the image that stands for them has another one; of the images asked about. */
  get overruled(): readonly OverruledDecision[] {
    return this.#overruled;
  }

  #agreed(names: readonly string[]): CorrectionRow | undefined {
    const [first, ...others] = this.#rows(names);
    const other = others.find(({ className }) => className !== first?.className);
    if (first === undefined || other === undefined) return first;
    const [earlier, later] = first.line < other.line ? [first, other] : [other, first];
    throw contradiction(this.#file, earlier.line, later.line);
  }

  #rows(names: readonly string[]): CorrectionRow[] {
    const rows = names.flatMap((name) => this.#byName.get(name) ?? []);
    for (const row of rows) this.#found.add(row);
    return rows;
  }
}

/** Digests of the files that were folded into each image, by its digest. @param folded what a build left out */
export function copiesByImage(
  folded: Iterable<{ readonly sha256: string; readonly keptSha256: string | null }>,
): ReadonlyMap<string, readonly string[]> {
  const copies = new Map<string, string[]>();
  for (const { sha256, keptSha256 } of folded) {
    if (keptSha256 === null) continue;
    const known = copies.get(keptSha256);
    if (known === undefined) copies.set(keptSha256, [sha256]);
    else known.push(sha256);
  }
  return copies;
}

/**
 * Of the decisions that hold for a data set, hex; null where there are none. Neither the order of the file nor lines that
 * name nothing change it.
 * @param decided key of a sample and label, or `open`
 */
export function digestDecisions(decided: readonly (readonly [key: string, truth: number | 'open'])[]): string | null {
  if (decided.length === 0) return null;
  const sorted = [...decided].sort(([a], [b]) => compareText(a, b));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
}

const MAX_SHOWN = 5;

/** What to tell a person of decisions that do not hold; nothing where all do. */
export function describeOverruled(overruled: readonly OverruledDecision[]): string[] {
  if (overruled.length === 0) return [];
  const shown = overruled
    .slice(0, MAX_SHOWN)
    .map(({ overruled: { line }, by }) => `line ${line} (line ${by.line} holds)`);
  const more = overruled.length > MAX_SHOWN ? ` and ${overruled.length - MAX_SHOWN} more` : '';
  return [
    `Corrections of copies that say something else than those of the images that stand for them: ${shown.join(', ')}${more}.`,
  ];
}
