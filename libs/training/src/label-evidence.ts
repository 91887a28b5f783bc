import type { SplitInput } from '@winnow/noise';

/** What the crawl knows of the given labels. Rows follow the images. */
export type LabelEvidence = Pick<SplitInput, 'otherLabels' | 'ranks' | 'engineCounts'>;

/** The evidence of some images, in the order given. */
export function selectEvidence<Evidence extends object>(evidence: Evidence, rows: ArrayLike<number>): Evidence {
  const select = (values: unknown): unknown => {
    if (Array.isArray(values)) return Array.from(rows, (row) => values[row] as unknown);
    const typed = values as Float32Array;
    return typed.constructor === Float32Array
      ? Float32Array.from(rows, (row) => typed[row] as number)
      : (typed.constructor as typeof Uint8Array).from(rows, (row) => typed[row] as number);
  };
  const given = Object.entries(evidence).filter(([, values]) => values !== undefined && values !== null);
  return Object.fromEntries(given.map(([name, values]) => [name, select(values)])) as Evidence;
}
