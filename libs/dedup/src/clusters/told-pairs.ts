import type { DuplicateItem } from './duplicate-item';

/** Ids of two items. */
export type IdPair = readonly [string, string];

/** What people said of pairs; pairs of which an item is missing mean nothing. */
export interface ToldPairs {
  /** They are no copies of each other: never in one cluster, but where their bytes or pixels are the same. */
  readonly never?: readonly IdPair[];
  /** They are copies: in one cluster, as far as `never` allows; earlier pairs go first. */
  readonly always?: readonly IdPair[];
  /** The first is kept rather than the second in a cluster that holds both; of several such pairs the last counts. */
  readonly keep?: readonly IdPair[];
}

/** Which rows may not come together, and where that made a difference. */
export class Apart {
  readonly #pairs: readonly { readonly ids: IdPair; readonly rows: RowPair }[];
  readonly #others = new Map<number, Set<number>>();
  readonly #refused = new Set<string>();

  /** @param rowOf undefined for what is not there */
  constructor(pairs: readonly IdPair[], rowOf: (id: string) => number | undefined) {
    this.#pairs = pairs.flatMap((ids) => rowPairs([ids], rowOf).map((rows) => ({ ids, rows })));
    for (const { rows } of this.#pairs) {
      const [a, b] = rows;
      this.#add(a, b);
      this.#add(b, a);
    }
  }

  has(a: number, b: number): boolean {
    return this.#others.get(a)?.has(b) === true;
  }

  /** Notes two rows that would come together otherwise. */
  refuse(a: number, b: number): void {
    this.#refused.add(keyOf([a, b]));
  }

  /** Of the pairs given, those that were kept from coming together. */
  refused(): readonly IdPair[] {
    return this.#pairs.filter(({ rows }) => this.#refused.has(keyOf(rows))).map(({ ids }) => ids);
  }

  /** Each pair once, the smaller row first, in the order of the second. */
  pairs(): readonly RowPair[] {
    const found: [number, number][] = [];
    for (const [a, others] of this.#others) for (const b of others) if (a < b) found.push([a, b]);
    return found.sort(([a, b], [c, d]) => b - d || a - c);
  }

  #add(a: number, b: number): void {
    const known = this.#others.get(a);
    if (known === undefined) this.#others.set(a, new Set([b]));
    else known.add(b);
  }
}

type RowPair = readonly [number, number];

function keyOf([a, b]: RowPair): string {
  return `${Math.min(a, b)} ${Math.max(a, b)}`;
}

/** Pairs of two different rows that are there. */
export function rowPairs(pairs: readonly IdPair[], rowOf: (id: string) => number | undefined): readonly RowPair[] {
  return pairs.flatMap(([first, second]) => {
    const [a, b] = [rowOf(first), rowOf(second)];
    return a === undefined || b === undefined || a === b ? [] : [[a, b] as const];
  });
}

/** The member that people want to be kept; undefined: they do not say. */
export function keptByWord(members: readonly DuplicateItem[], keep: readonly IdPair[]): DuplicateItem | undefined {
  if (keep.length === 0 || members.length < 2) return undefined;
  const byId = new Map(members.map((member) => [member.id, member]));
  const word = keep.findLast(([kept, other]) => kept !== other && byId.has(kept) && byId.has(other));
  return word === undefined ? undefined : byId.get(word[0]);
}
