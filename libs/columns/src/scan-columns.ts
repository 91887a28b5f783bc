import { IMAGE_FLAGS, NOISE_KINDS } from '@winnow/contracts';
import type { FacetValue, ImageFacets } from '@winnow/contracts';
import type { ColumnFilter } from './column-filters';
import { DECIDED_STATES } from './image-columns';
import type { ImageColumns } from './image-columns';

/** What came of holding filters against all images. */
export interface Scan {
  /** One bit each of the filters that an image does not fit, by their index; of what is no column, the one after. */
  readonly missed: Uint16Array;
  /** Images that fit all. */
  readonly total: number;
}

/** Holds every filter against every image. @param also 1 for images that fit what is no column; all do without it */
export function scanColumns(columns: ImageColumns, filters: readonly ColumnFilter[], also?: Uint8Array): Scan {
  const missed = new Uint16Array(columns.count);
  filters.forEach((filter, index) => filter.mark(columns, missed, 1 << index));
  if (also !== undefined) {
    for (let row = 0; row < missed.length; row += 1) {
      missed[row] = (missed[row] as number) | ((1 - (also[row] as number)) << filters.length);
    }
  }
  let total = 0;
  for (let row = 0; row < missed.length; row += 1) total += isZero(missed[row] as number);
  return { missed, total };
}

/** Rows that fit all filters, in this order of all. */
export function rowsInOrder({ missed, total }: Scan, order: Uint32Array): Uint32Array {
  // One place more: each row is written, and the next over it where it is not wanted.
  const rows = new Uint32Array(total + 1);
  let next = 0;
  for (let at = 0; at < order.length; at += 1) {
    const row = order[at] as number;
    rows[next] = row;
    next += isZero(missed[row] as number);
  }
  return rows.subarray(0, total);
}

/** One bit a row, the lowest bit first: whether it fits all filters. */
export function bitsOf({ missed }: Scan): Uint8Array {
  const bits = new Uint8Array(Math.ceil(missed.length / 8));
  for (let row = 0; row < missed.length; row += 1) {
    bits[row >> 3] = (bits[row >> 3] as number) | (isZero(missed[row] as number) << (row & 7));
  }
  return bits;
}

/**
 * 1 for 0, and 0 for a greater whole number below 2^31: without a branch, which a processor guesses wrong on mixed rows. Of
 * this file alone: what another module gives is looked up for each row, which takes longer than the row.
 */
function isZero(value: number): number {
  return (value - 1) >>> 31;
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
  const fitting = fittingRows(scan, NO_FILTER, new Uint32Array(scan.total + 1));
  let free: Uint32Array | undefined;
  const facet = (
    name: FacetName,
    values: readonly string[],
    count: (rows: Uint32Array, counts: Uint32Array) => void,
  ) => {
    const counts = new Uint32Array(Math.max(values.length, 65_536));
    const own = filters.findIndex((filter) => filter.name === name);
    const rows = own < 0 ? fitting : fittingRows(scan, own, (free ??= new Uint32Array(columns.count + 1)));
    count(rows, counts);
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

/** Rows that fit all filters but one. @param own its index @param rows is filled, and its part returned */
function fittingRows({ missed }: Scan, own: number, rows: Uint32Array): Uint32Array {
  const others = own === NO_FILTER ? -1 : ~(1 << own);
  let count = 0;
  for (let row = 0; row < missed.length; row += 1) {
    rows[count] = row;
    count += isZero((missed[row] as number) & others);
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
