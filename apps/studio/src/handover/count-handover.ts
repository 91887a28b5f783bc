import { NOISE_KINDS } from '@winnow/contracts';
import type { BuildLabels, StudioHandover } from '@winnow/contracts';
import type { ImageColumns } from '@winnow/columns';
import type { BaseImages } from './base-images';

type Counted = Pick<StudioHandover, 'count' | 'byClass' | 'relabelled' | 'decidedOut'>;

const CLOSED = NOISE_KINDS.indexOf('closed');

/**
 * What a build of these rows would hold, as `relabeller` of the curator gives labels.
 * @param rows for which `build.where` holds
 * @param classes of `build.classes`; undefined: all
 */
export function countHandover(
  { images, decided, leftOut }: Pick<BaseImages, 'images' | 'decided' | 'leftOut'>,
  rows: Iterable<number>,
  { labels, classes }: { readonly labels: BuildLabels; readonly classes: readonly string[] | undefined },
): Counted {
  const { columns } = images.lists;
  const names = columns.lists.classes;
  const kept = names.map((name) => classes?.includes(name) ?? true);
  const counts = names.map(() => 0);
  const counted = { count: 0, relabelled: 0, decidedOut: 0 };
  for (const row of rows) {
    if (columns.forgotten[row] === 1) continue;
    const decision = labels === 'given' ? undefined : decided.get(row);
    if (leftOut.has(row) || decision === null) {
      counted.decidedOut += 1;
      continue;
    }
    const label = decision === undefined ? labelBy(columns, row, labels) : names.indexOf(decision);
    if (kept[label] !== true) continue;
    counts[label] = (counts[label] as number) + 1;
    counted.count += 1;
    if (label !== columns.given[row]) counted.relabelled += 1;
  }
  return { ...counted, byClass: names.map((name, label) => ({ name, count: counts[label] as number })) };
}

function labelBy({ kind, given, refined }: ImageColumns, row: number, labels: BuildLabels): number {
  return (labels === 'refined' && kind[row] === CLOSED ? refined[row] : given[row]) as number;
}
