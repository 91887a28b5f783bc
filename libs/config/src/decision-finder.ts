import { createHash } from 'node:crypto';
import { compareText } from '@winnow/contracts';
import { contradiction, nameRow } from './load-corrections';
import type { CorrectionRow } from './load-corrections';

/** Decisions of a person, as `loadCorrections` reads them, and those of the database after them. */
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

/** A decision that does not hold, since an image stands for several files of which other things are said. */
export interface OverruledDecision {
  readonly overruled: CorrectionRow;
  /** What holds; null: none does, as copies disagree. */
  readonly by: CorrectionRow | null;
}

/**
 * Finds the decision on an image by its digest, else by the URL of any listing, else by the digest of a file that was folded
 * into it: what was said of a copy holds for the image that stands for it, unless something else is said of that one. Of an
 * image with copies nobody can tell whose listing is whose: URLs that disagree decide nothing, as copies that disagree. It
 * remembers which decisions were found; of the images it remembers nothing.
 */
export class DecisionFinder {
  /** Rows with a class that is none of the project's, or no longer: passed over. */
  readonly foreign: readonly CorrectionRow[];
  readonly #file: string;
  readonly #byName: ReadonlyMap<string, CorrectionRow>;
  readonly #found = new Set<CorrectionRow>();
  readonly #overruled: OverruledDecision[] = [];

  /**
   * @param classes of the project
   * @throws WinnowError FORMAT_INVALID where the database says something else of an image than a line that names it
   */
  constructor({ file, rows }: Decisions, classes: readonly string[]) {
    const known = new Set(classes);
    const isExternal = ({ className }: CorrectionRow): boolean => className !== null && !known.has(className);
    this.#file = file;
    this.foreign = rows.filter(isExternal);
    const byName = new Map<string, CorrectionRow>();
    for (const row of rows.filter((one) => !isExternal(one))) {
      const earlier = byName.get(row.picture) ?? row;
      if (earlier.className !== row.className) throw contradiction(file, earlier, row);
      byName.set(row.picture, earlier);
    }
    this.#byName = byName;
  }

  /** @throws WinnowError FORMAT_INVALID where two lines say different things of one image that has no copies */
  find({ sha256, provenance, copies = [] }: NamedImage): CorrectionRow | undefined {
    const urls = new Set(provenance.map(({ imageUrl }) => imageUrl));
    if (copies.length === 0) return this.#agreed([sha256, ...urls]);
    const byRank = [[sha256], [...urls], copies].map((names) => this.#rows(names));
    const [first, ...others] = byRank.find((rows) => rows.length > 0) ?? [];
    if (first === undefined) return undefined;
    const holds = others.every(({ className }) => className === first.className) ? first : null;
    for (const overruled of byRank.flat()) {
      if (overruled.className !== holds?.className) this.#overruled.push({ overruled, by: holds });
    }
    return holds ?? undefined;
  }

  /** Lines that name none of the images that were asked about. The database knows of images of every data set. */
  get unknown(): readonly CorrectionRow[] {
    return [...this.#byName.values()].filter((row) => row.by === undefined && !this.#found.has(row));
  }

  /** Decisions that do not hold for what stands for several files; of the images asked about. */
  get overruled(): readonly OverruledDecision[] {
    return this.#overruled;
  }

  #agreed(names: readonly string[]): CorrectionRow | undefined {
    const [first, ...others] = this.#rows(names);
    const other = others.find(({ className }) => className !== first?.className);
    if (first === undefined || other === undefined) return first;
    throw contradiction(this.#file, first, other);
  }

  #rows(names: readonly string[]): CorrectionRow[] {
    const rows = names.flatMap((name) => this.#byName.get(name) ?? []);
    for (const row of rows) this.#found.add(row);
    return rows;
  }
}

/** The image that stands for each file that was folded into one, by digest. @param folded what a build left out */
export function keptByCopy(
  folded: Iterable<{ readonly sha256: string; readonly keptSha256: string | null }>,
): ReadonlyMap<string, string> {
  const kept = new Map<string, string>();
  for (const { sha256, keptSha256 } of folded) if (keptSha256 !== null) kept.set(sha256, keptSha256);
  return kept;
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

/** Shown of the lines of a kind; the person has the file. */
const MAX_SHOWN = 5;

/**
 * What to tell a person of corrections that change nothing; nothing where all do.
 * @param dataSet which one has none of the images of the unknown lines
 */
export function describePassedOver(
  { unknown, foreign: external, overruled }: Pick<DecisionFinder, 'unknown' | 'foreign' | 'overruled'>,
  dataSet = 'this data set',
): string[] {
  return [...describeUnknown(unknown, dataSet), ...describeExternal(external), ...describeOverruled(overruled)];
}

/** Lines of each class that the project does not have, by class, in the order of the file. */
export function countExternal(external: readonly CorrectionRow[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { className } of external) counts.set(className ?? '', (counts.get(className ?? '') ?? 0) + 1);
  return counts;
}

function describeExternal(external: readonly CorrectionRow[]): string[] {
  if (external.length === 0) return [];
  const counts = [...countExternal(external)].map(([name, count]) => `${JSON.stringify(name.slice(0, 100))} ${count}`);
  const lines = external.length === 1 ? '1 correction names a class' : `${external.length} corrections name classes`;
  return [
    `${lines} that the project does not have (${firstOf(counts)}; the first ${placeOf(external[0] as CorrectionRow)}): passed over.`,
  ];
}

function describeUnknown(unknown: readonly CorrectionRow[], dataSet: string): string[] {
  if (unknown.length === 0) return [];
  const lines = unknown.map(({ line, picture: image }) => `${JSON.stringify(image.slice(0, 100))} (line ${line})`);
  return [`Corrections that name no image of ${dataSet}: ${firstOf(lines)}.`];
}

function describeOverruled(overruled: readonly OverruledDecision[]): string[] {
  const lost = overruled.flatMap(({ overruled, by }) =>
    by === null ? [] : [`${nameRow(overruled)} (${nameRow(by)} holds)`],
  );
  const open = overruled.flatMap(({ overruled, by }) => (by === null ? [nameRow(overruled)] : []));
  return [
    ...(lost.length === 0
      ? []
      : [
          `Corrections of copies that say something else than those of the images that stand for them: ${firstOf(lost)}.`,
        ]),
    ...(open.length === 0
      ? []
      : [
          `Corrections of copies of one image that disagree, so that none holds: ${firstOf(open)}. Decide on the image itself.`,
        ]),
  ];
}

function placeOf(row: CorrectionRow): string {
  return row.by === undefined ? `in ${nameRow(row)}` : nameRow(row);
}

function firstOf(parts: readonly string[]): string {
  const more = parts.length > MAX_SHOWN ? ` and ${parts.length - MAX_SHOWN} more` : '';
  return `${parts.slice(0, MAX_SHOWN).join(', ')}${more}`;
}
