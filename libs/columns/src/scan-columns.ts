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
  const facet = (name: FacetName, values: readonly string[], count: (isIn: FacetTest, counts: Uint32Array) => void) => {
    const counts = new Uint32Array(Math.max(values.length, 65_536));
    count({ ...scan, own: filters.findIndex((filter) => filter.name === name) }, counts);
    return mostFrequent(values, counts, texts[name]);
  };
  const classes = lists.classes;
  return {
    total: scan.total,
    facets: {
      kind: facet('kind', NOISE_KINDS, (test, counts) => countNumbers(columns.kind, test, counts)),
      given: facet('given', classes, (test, counts) => countNumbers(columns.given, test, counts)),
      refined: facet('refined', classes, (test, counts) => countNumbers(columns.refined, test, counts)),
      decided: facet('decided', DECIDED_STATES, (test, counts) => countNumbers(columns.state, test, counts)),
      flag: facet('flag', IMAGE_FLAGS, (test, counts) => countBits(columns.flags, test, counts)),
      license: facet('license', lists.licenses, (test, counts) => countBits(columns.licenses, test, counts)),
      engine: facet('engine', lists.engines, (test, counts) => countBits(columns.engines, test, counts)),
      host: facet('host', lists.hosts, (test, counts) => countHosts(columns, test, counts)),
    },
  };
}

interface FacetTest extends Pick<Scan, 'misses' | 'last'> {
  /** Index of the facet's own filter, which it is counted without; -1: it has none. */
  readonly own: number;
}

function countNumbers(numbers: Uint8Array | Uint16Array, { misses, last, own }: FacetTest, counts: Uint32Array): void {
  for (let index = 0; index < numbers.length; index += 1) {
    const missed = misses[index] as number;
    if (missed > 1 || (missed === 1 && last[index] !== own)) continue;
    const number = numbers[index] as number;
    counts[number] = (counts[number] as number) + 1;
  }
}

function countBits(numbers: Uint8Array | Uint32Array, { misses, last, own }: FacetTest, counts: Uint32Array): void {
  for (let index = 0; index < numbers.length; index += 1) {
    const missed = misses[index] as number;
    if (missed > 1 || (missed === 1 && last[index] !== own)) continue;
    let rest = (numbers[index] as number) | 0;
    while (rest !== 0) {
      const bit = 31 - Math.clz32(rest);
      counts[bit] = (counts[bit] as number) + 1;
      rest ^= 1 << bit;
    }
  }
}

function countHosts(
  { count, hostStart, hosts }: ImageColumns,
  { misses, last, own }: FacetTest,
  counts: Uint32Array,
): void {
  for (let index = 0; index < count; index += 1) {
    const missed = misses[index] as number;
    if (missed > 1 || (missed === 1 && last[index] !== own)) continue;
    const end = hostStart[index + 1] as number;
    for (let at = hostStart[index] as number; at < end; at += 1) {
      const host = hosts[at] as number;
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
