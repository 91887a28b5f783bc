import { DisjointSets } from './disjoint-sets';
import { compareRepresentatives, votesOf } from './duplicate-item';
import type { DuplicateItem } from './duplicate-item';
import { licenseRank } from '../licenses/license-rank';
import { listAt, listMembers } from '../pairs/row-lists';
import type { RowLists } from '../pairs/row-lists';
import { Apart, rowPairs } from './told-pairs';
import type { IdPair } from './told-pairs';

/** Groups of images with the same bytes or pixels, or of which people say that they are copies, in the order of their best members. */
export interface IdenticalGroups {
  readonly count: number;
  /** All images, best first. */
  readonly items: readonly DuplicateItem[];
  /** Places in `items` of each group's members, ascending: best first; never empty. */
  readonly members: RowLists;
  /** Of each item: the first of those with its bytes or pixels, or theirs, [items]. */
  readonly identicalTo: Uint32Array;
  /** Groups that people keep apart. */
  readonly apart: Apart;
  /** Numbers of the classes under which a group was found, ascending, each once. */
  readonly classes: RowLists;
}

/**
 * Groups items that share a file digest or a pixel digest.
 * @param never pairs of which no group holds both, but where they are identical
 * @param united pairs that are in one group, too, as far as `never` allows
 */
export function groupIdentical(
  unsorted: readonly DuplicateItem[],
  { never = [], united = [] }: { readonly never?: readonly IdPair[]; readonly united?: readonly IdPair[] } = {},
): IdenticalGroups {
  const items = sortBestFirst(unsorted);
  const sets = new DisjointSets(items.length);
  uniteEqual(items, sets, (item) => item.bytesSha);
  uniteEqual(items, sets, (item) => item.pixelSha);
  const identicalTo = Uint32Array.from(items, (_, index) => sets.find(index));
  const rows = never.length + united.length === 0 ? null : new Map(items.map(({ id }, index) => [id, index]));
  const rowOf = (id: string): number | undefined => rows?.get(id);
  const forbidding = uniteTold(sets, rowPairs(united, rowOf), rowPairs(never, rowOf));
  const groupOf = new Uint32Array(items.length);
  let count = 0;
  // The root of a set is its best member: it comes before the others.
  for (let index = 0; index < items.length; index += 1) {
    const root = sets.find(index);
    groupOf[index] = root === index ? count++ : (groupOf[root] as number);
  }
  const members = listMembers(groupOf, count);
  const apart = new Apart(never, (id) => {
    const row = rowOf(id);
    return row === undefined ? undefined : groupOf[row];
  });
  for (const [a, b] of forbidding) apart.refuse(groupOf[a] as number, groupOf[b] as number);
  return { count, items, members, identicalTo, apart, classes: classesOf(items, members) };
}

/** The image that stands for a group. */
export function bestOf({ items, members }: IdenticalGroups, group: number): DuplicateItem {
  return items[members.members[members.starts[group] as number] as number] as DuplicateItem;
}

export function sharesClass({ classes: { starts, members } }: IdenticalGroups, a: number, b: number): boolean {
  let [i, j] = [starts[a] as number, starts[b] as number];
  const [endA, endB] = [starts[a + 1] as number, starts[b + 1] as number];
  while (i < endA && j < endB) {
    const difference = (members[i] as number) - (members[j] as number);
    if (difference === 0) return true;
    if (difference < 0) i += 1;
    else j += 1;
  }
  return false;
}

function sortBestFirst(items: readonly DuplicateItem[]): DuplicateItem[] {
  const ranks = new Map<string | null | undefined, number>();
  const rankOf = (license: string | null | undefined): number => {
    const known = ranks.get(license) ?? licenseRank(license);
    ranks.set(license, known);
    return known;
  };
  return [...items].sort((a, b) => compareRepresentatives(a, b, rankOf));
}

function uniteEqual(
  items: readonly DuplicateItem[],
  sets: DisjointSets,
  digestOf: (item: DuplicateItem) => string,
): void {
  const firstWith = new Map<string, number>();
  items.forEach((item, index) => {
    const digest = digestOf(item);
    const first = firstWith.get(digest);
    if (first === undefined) firstWith.set(digest, index);
    else sets.union(first, index);
  });
}

type RowPairs = readonly (readonly [number, number])[];

/** @returns those of `never` that kept others from being united */
function uniteTold(sets: DisjointSets, united: RowPairs, never: RowPairs): RowPairs {
  return united.flatMap(([a, b]) => {
    const [rootA, rootB] = [sets.find(a), sets.find(b)];
    const forbidding = never.filter(([c, d]) => {
      const [rootC, rootD] = [sets.find(c), sets.find(d)];
      return (rootC === rootA && rootD === rootB) || (rootC === rootB && rootD === rootA);
    });
    if (forbidding.length === 0) sets.union(a, b);
    return forbidding;
  });
}

function classesOf(items: readonly DuplicateItem[], members: RowLists): RowLists {
  const numbers = new Map<string, number>();
  const numberOf = (name: string): number => {
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    return number;
  };
  const groups = members.starts.length - 1;
  const starts = new Uint32Array(groups + 1);
  const classes: number[] = [];
  for (let group = 0; group < groups; group += 1) {
    const own = new Set<number>();
    for (const index of listAt(members, group)) {
      for (const name of votesOf(items[index] as DuplicateItem).keys()) own.add(numberOf(name));
    }
    for (const number of own.size > 1 ? [...own].sort((a, b) => a - b) : own) classes.push(number);
    starts[group + 1] = classes.length;
  }
  return { starts, members: Uint32Array.from(classes) };
}
