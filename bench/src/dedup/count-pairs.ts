import type { SetFile } from './image-set';

/** What a competitor found among the pairs of a set. */
export interface PairCounts {
  /** Share of edited images that were found to be their originals, by edit. */
  readonly recall: Readonly<Record<string, number>>;
  /** Over all edited images. */
  readonly overallRecall: number;
  /** Pairs of files that show different images and were taken for one. */
  readonly falsePairs: number;
  readonly falsePerMillion: number;
  /** Of the false pairs: those with a plain image, with the same edit, of the same class. They overlap. */
  readonly falseOf: { readonly plain: number; readonly sameEdit: number; readonly sameClass: number };
  /** Pairs of different images of which at least one pair of files was joined. */
  readonly joinedOriginals: readonly (readonly [number, number])[];
}

/** Pairs of files that show different images. */
export function countNegatives(files: readonly SetFile[]): number {
  const sizes = new Map<number, number>();
  for (const { original } of files) sizes.set(original, (sizes.get(original) ?? 0) + 1);
  const pairsOf = (count: number): number => (count * (count - 1)) / 2;
  return [...sizes.values()].reduce((left, size) => left - pairsOf(size), pairsOf(files.length));
}

/** Counts pairs of files as a competitor names them. */
export class PairCounter {
  readonly #files: readonly SetFile[];
  readonly #negatives: number;
  readonly #edits = new Map<string, number>();
  readonly #found = new Map<string, number>();
  readonly #joined = new Set<string>();
  #falsePairs = 0;
  readonly #falseOf = { plain: 0, sameEdit: 0, sameClass: 0 };

  constructor(files: readonly SetFile[]) {
    this.#files = files;
    this.#negatives = countNegatives(files);
    for (const { edit } of files) if (edit !== null) this.#edits.set(edit, (this.#edits.get(edit) ?? 0) + 1);
  }

  /** Takes in a pair of files, by their places in the list; each pair once, in any order. */
  add(first: number, second: number): void {
    const a = this.#files[first] as SetFile;
    const b = this.#files[second] as SetFile;
    if (a.original === b.original) {
      const edit = a.edit === null ? b.edit : b.edit === null ? a.edit : null;
      if (edit !== null) this.#found.set(edit, (this.#found.get(edit) ?? 0) + 1);
      return;
    }
    this.#falsePairs += 1;
    if (a.isPlain || b.isPlain) this.#falseOf.plain += 1;
    if (a.edit === b.edit) this.#falseOf.sameEdit += 1;
    if (a.className === b.className) this.#falseOf.sameClass += 1;
    this.#joined.add(`${Math.min(a.original, b.original)} ${Math.max(a.original, b.original)}`);
  }

  counts(): PairCounts {
    const fractions = [...this.#edits].map(([edit, all]) => [edit, (this.#found.get(edit) ?? 0) / all] as const);
    const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);
    return {
      recall: Object.fromEntries(fractions),
      overallRecall: sum(this.#found.values()) / Math.max(1, sum(this.#edits.values())),
      falsePairs: this.#falsePairs,
      falsePerMillion: (this.#falsePairs / Math.max(1, this.#negatives)) * 1e6,
      falseOf: { ...this.#falseOf },
      joinedOriginals: [...this.#joined].map((pair) => pair.split(' ').map(Number) as unknown as [number, number]),
    };
  }
}

/** Counts of clusters: all members of one are taken for one image. @param clusters places in the list of files */
export function countClusters(files: readonly SetFile[], clusters: readonly (readonly number[])[]): PairCounts {
  const counter = new PairCounter(files);
  for (const members of clusters) {
    members.forEach((first, index) => {
      for (const second of members.slice(index + 1)) counter.add(first, second);
    });
  }
  return counter.counts();
}
