import { DisjointSets } from './disjoint-sets';
import { compareKeepers, votesOf } from './duplicate-item';
import type { DuplicateItem } from './duplicate-item';

/** Pictures with the same bytes or pixels. */
export interface IdenticalGroup {
  /** Best first; never empty. */
  readonly members: readonly DuplicateItem[];
  readonly best: DuplicateItem;
  /** Every class under which one of them was found. */
  readonly classes: ReadonlySet<string>;
}

/** Groups items that share a file digest or a pixel digest; groups in the order of their best members. */
export function groupIdentical(items: readonly DuplicateItem[]): IdenticalGroup[] {
  const sorted = [...items].sort(compareKeepers);
  const sets = new DisjointSets(sorted.length);
  const firstWith = new Map<string, number>();
  sorted.forEach((item, index) => {
    for (const key of [`bytes ${item.bytesSha}`, `pixels ${item.pixelSha}`]) {
      const first = firstWith.get(key);
      if (first === undefined) firstWith.set(key, index);
      else sets.union(first, index);
    }
  });
  const members = new Map<number, DuplicateItem[]>();
  sorted.forEach((item, index) => {
    const root = sets.find(index);
    const group = members.get(root);
    if (group === undefined) members.set(root, [item]);
    else group.push(item);
  });
  return [...members.values()].map((group) => ({
    members: group,
    best: group[0] as DuplicateItem,
    classes: new Set(group.flatMap((item) => [...votesOf(item).keys()])),
  }));
}
