import { IMAGE_FLAGS, NOISE_KINDS } from '@winnow/contracts';
import type { FacetValue, ImageFacets } from '@winnow/contracts';
import type { ColumnFilter } from './column-filters';
import { DECIDED_STATES } from './image-columns';
import type { ImageColumns } from './image-columns';

/** What came of holding filters against all images. */
export interface Scan {
  /** Number of filters that an image does not fit; of the last one of them, its index. */
  readonly misses: Uint8Array;
  readonly last: Uint8Array;
  /** Images that fit all. */
  readonly total: number;
}

/** Holds every filter against every image. @param also 1 for images that fit what is no column; all do without it */
export function scanColumns(columns: ImageColumns, filters: readonly ColumnFilter[], also?: Uint8Array): Scan {
  const misses = new Uint8Array(columns.count);
  const last = new Uint8Array(columns.count);
  filters.forEach((filter, index) => filter.mark(columns, misses, last, index));
  if (also !== undefined) {
    for (let index = 0; index < misses.length; index += 1) {
      if (also[index] === 1) continue;
      misses[index] = (misses[index] as number) + 1;
      last[index] = filters.length;
    }
  }
  let total = 0;
  for (let index = 0; index < misses.length; index += 1) if (misses[index] === 0) total += 1;
  return { misses, last, total };
}

export type FacetName = keyof ImageFacets['facets'];

/** Values of a facet that are given, the most frequent ones. */
const MAX_VALUES = 50;

/**
 * Counts by value, each facet over the images that fit all filters but its own.
 * @param texts part of the values that are wanted, by facet: searched without case
 */
export function countFacets(
  columns: ImageColumns,
  filters: readonly ColumnFilter[],
  scan: Scan,
  texts: Readonly<Partial<Record<FacetName, string>>> = {},
): ImageFacets {
  const { lists } = columns;
  const fitting = fittingRows(scan, NO_FILTER);
  const facet = (
    name: FacetName,
    values: readonly string[],
    count: (rows: Uint32Array, counts: Uint32Array) => void,
  ) => {
    const counts = new Uint32Array(Math.max(values.length, 65_536));
    const own = filters.findIndex((filter) => filter.name === name);
    count(own < 0 ? fitting : fittingRows(scan, own), counts);
    return mostFrequent(values, counts, texts[name]);
  };
  const classes = lists.classes;
  return {
    total: scan.total,
    facets: {
      kind: facet('kind', NOISE_KINDS, (rows, counts) => countNumbers(columns.kind, rows, counts)),
      given: facet('given', classes, (rows, counts) => countNumbers(columns.given, rows, counts)),
      refined: facet('refined', classes, (rows, counts) => countNumbers(columns.refined, rows, counts)),
      decided: facet('decided', DECIDED_STATES, (rows, counts) => countNumbers(columns.state, rows, counts)),
      flag: facet('flag', IMAGE_FLAGS, (rows, counts) => countBits(columns.flags, rows, counts)),
      license: facet('license', lists.licenses, (rows, counts) => countBits(columns.licenses, rows, counts)),
      engine: facet('engine', lists.engines, (rows, counts) => countBits(columns.engines, rows, counts)),
      host: facet('host', lists.hosts, (rows, counts) => countHosts(columns, rows, counts)),
    },
  };
}

const NO_FILTER = -1;

/** Rows that fit all filters but one. @param own its index */
function fittingRows({ misses, last }: Scan, own: number): Uint32Array {
  const rows = new Uint32Array(misses.length);
  let count = 0;
  for (let row = 0; row < misses.length; row += 1) {
    const missed = misses[row] as number;
    if (missed > 1 || (missed === 1 && last[row] !== own)) continue;
    rows[count] = row;
    count += 1;
  }
  return rows.subarray(0, count);
}

function countNumbers(numbers: Uint8Array | Uint16Array, rows: Uint32Array, counts: Uint32Array): void {
  for (let at = 0; at < rows.length; at += 1) {
    const number = numbers[rows[at] as number] as number;
    counts[number] = (counts[number] as number) + 1;
  }
}

function countBits(numbers: Uint8Array | Uint32Array, rows: Uint32Array, counts: Uint32Array): void {
  for (let at = 0; at < rows.length; at += 1) {
    let rest = (numbers[rows[at] as number] as number) | 0;
    while (rest !== 0) {
      const bit = 31 - Math.clz32(rest);
      counts[bit] = (counts[bit] as number) + 1;
      rest ^= 1 << bit;
    }
  }
}

function countHosts({ hostStart, hosts }: ImageColumns, rows: Uint32Array, counts: Uint32Array): void {
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at] as number;
    const end = hostStart[row + 1] as number;
    for (let place = hostStart[row] as number; place < end; place += 1) {
      const host = hosts[place] as number;
      counts[host] = (counts[host] as number) + 1;
    }
  }
}

function mostFrequent(values: readonly string[], counts: Uint32Array, text = ''): readonly FacetValue[] {
  const wanted = text.toLowerCase();
  return values
    .map((value, index) => ({ value, index, count: counts[index] as number }))
    .filter(({ value }) => wanted === '' || value.toLowerCase().includes(wanted))
    .sort((a, b) => b.count - a.count || a.index - b.index)
    .slice(0, MAX_VALUES)
    .map(({ value, count }) => ({ value, label: value, count }));
}
