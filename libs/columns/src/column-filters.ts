import { COLUMN_FILTERS, IMAGE_FLAGS, NOISE_KINDS, WinnowError } from '@winnow/contracts';
import { DECIDED_STATES, NO_CLASS, NO_KIND } from './image-columns';
import type { ImageColumns } from './image-columns';
import { placesOf } from './map-places';
import { readLasso } from './read-lasso';
import type { ReadLasso } from './read-lasso';

type ColumnFilterName = (typeof COLUMN_FILTERS)[number];

/** Text of an address by filter, such as `{ kind: 'closed,open', doubt: '.4-.6' }`. */
export type FilterTexts = Readonly<Partial<Record<ColumnFilterName, string>>>;

/** One filter, ready to be held against a column. */
export interface ColumnFilter {
  readonly name: ColumnFilterName;
  /** Sets the bit in `missed[i]` where image i is not among them; without branches, which processors guess wrong. */
  mark(columns: ImageColumns, missed: Uint16Array, bit: number): void;
}

const NONE = 'none';

/** Values without one: `kind=none`. */
const KIND_LETTERS: Readonly<Record<string, string>> = { c: 'clean', x: 'closed', o: 'open' };

/**
 * Reads filters. A list has commas between its values (`\,` stands for one within a value), `!` before it means "all but
 * these"; a range is `.4-.6`, `.4-` or `-.6`, ends included. A value that nothing has finds nothing.
 * @throws WinnowError USAGE for a range that is none
 */
export function parseFilters(
  texts: FilterTexts,
  columns: Pick<ImageColumns, 'lists' | 'persons'>,
): readonly ColumnFilter[] {
  return COLUMN_FILTERS.flatMap((name) => {
    const text = texts[name];
    return text === undefined || text === '' ? [] : [parseFilter(name, text, columns)];
  });
}

function parseFilter(
  name: ColumnFilterName,
  text: string,
  { lists, persons }: Pick<ImageColumns, 'lists' | 'persons'>,
): ColumnFilter {
  switch (name) {
    case 'doubt':
      return rangeFilter(name, text, ({ doubt }) => doubt);
    case 'side':
      return rangeFilter(name, text, sidesOf);
    case 'copies':
      return rangeFilter(name, text, ({ copies }) => copies);
    case 'kind':
      return tableFilter(name, text, { values: NOISE_KINDS, none: NO_KIND, size: 256, column: ({ kind }) => kind });
    case 'given':
      return tableFilter(name, text, { values: lists.classes, size: 65_536, column: ({ given }) => given });
    case 'refined':
      return tableFilter(name, text, {
        values: lists.classes,
        none: NO_CLASS,
        size: 65_536,
        column: ({ refined }) => refined,
      });
    case 'decided':
      return tableFilter(name, text, { values: DECIDED_STATES, size: 256, column: ({ state }) => state });
    case 'flag':
      return bitFilter(name, text, IMAGE_FLAGS, ({ flags }) => flags);
    case 'license':
      return bitFilter(name, text, lists.licenses, ({ licenses }) => licenses);
    case 'engine':
      return bitFilter(name, text, lists.engines, ({ engines }) => engines);
    case 'by':
      return bitFilter(name, text, persons, ({ people }) => people);
    case 'host':
      return hostFilter(text, lists.hosts);
    case 'lasso':
      return lassoFilter(readLasso(text));
  }
}

interface ListText {
  readonly values: ReadonlySet<string>;
  readonly isNegated: boolean;
}

function parseList(text: string): ListText {
  const isNegated = text.startsWith('!');
  const values = (isNegated ? text.slice(1) : text)
    .split(/(?<!\\),/)
    .map((value) => value.replaceAll('\\,', ',').trim())
    .filter((value) => value !== '');
  return { values: new Set(values), isNegated };
}

/** A filter by equality, over a table of all numbers that a column may hold. */
function tableFilter(
  name: ColumnFilterName,
  text: string,
  {
    values,
    none,
    size,
    column,
  }: {
    readonly values: readonly string[];
    readonly none?: number;
    readonly size: number;
    readonly column: (columns: ImageColumns) => Uint8Array | Uint16Array;
  },
): ColumnFilter {
  const { values: asked, isNegated } = parseList(text);
  const wanted = new Uint8Array(size);
  values.forEach((value, index) => {
    if (asked.has(value)) wanted[index] = 1;
  });
  if (name === 'kind') {
    for (const letter of asked) {
      const index = values.indexOf(KIND_LETTERS[letter] ?? '');
      if (index >= 0) wanted[index] = 1;
    }
  }
  if (none !== undefined && asked.has(NONE)) wanted[none] = 1;
  const misses = isNegated ? 1 : 0;
  return {
    name,
    mark(columns, missed, bit) {
      const bits = new Uint16Array(size);
      for (let number = 0; number < size; number += 1) bits[number] = wanted[number] === misses ? bit : 0;
      const numbers = column(columns);
      for (let index = 0; index < numbers.length; index += 1) {
        missed[index] = (missed[index] as number) | (bits[numbers[index] as number] as number);
      }
    },
  };
}

/** A filter of images that have any of some properties, one bit each; `none` finds those that have no property. */
function bitFilter(
  name: ColumnFilterName,
  text: string,
  values: readonly string[],
  column: (columns: ImageColumns) => Uint8Array | Uint32Array,
): ColumnFilter {
  const { values: asked, isNegated } = parseList(text);
  const mask = values.reduce((all, value, bit) => (asked.has(value) ? all | (1 << Math.min(bit, 31)) : all), 0);
  const isNoneWanted = asked.has(NONE);
  return {
    name,
    mark(columns, missed, bit) {
      const numbers = column(columns);
      for (let index = 0; index < numbers.length; index += 1) {
        const number = numbers[index] as number;
        const isAmong = (number & mask) !== 0 || (isNoneWanted && number === 0);
        missed[index] = (missed[index] as number) | (isAmong === isNegated ? bit : 0);
      }
    },
  };
}

/** A host stands for those below it, as in `build.where`. */
function hostFilter(text: string, hosts: readonly string[]): ColumnFilter {
  const { values, isNegated } = parseList(text.toLowerCase());
  const asked = [...values];
  const wanted = Uint8Array.from(hosts, (host) =>
    asked.some((name) => host === name || host.endsWith(`.${name}`)) ? 1 : 0,
  );
  return {
    name: 'host',
    mark({ count, hostStart, hosts: numbers }, missed, bit) {
      for (let index = 0; index < count; index += 1) {
        const end = hostStart[index + 1] as number;
        let isAmong = false;
        for (let at = hostStart[index] as number; at < end && !isAmong; at += 1) {
          isAmong = wanted[numbers[at] as number] === 1;
        }
        missed[index] = (missed[index] as number) | (isAmong === isNegated ? bit : 0);
      }
    },
  };
}

/** Shorter sides, pixels. */
export function sidesOf({ width, height }: Pick<ImageColumns, 'width' | 'height'>): Uint16Array {
  const sides = width.slice();
  for (let row = 0; row < sides.length; row += 1) sides[row] = Math.min(sides[row] as number, height[row] as number);
  return sides;
}

const NUMBER = String.raw`\d*\.?\d+|\d+\.`;
const RANGE = new RegExp(`^(${NUMBER})?-(${NUMBER})?$`);

function rangeFilter(
  name: ColumnFilterName,
  text: string,
  column: (columns: ImageColumns) => Uint16Array | Float64Array,
): ColumnFilter {
  const match = RANGE.exec(text.trim());
  if (match === null || (match[1] === undefined && match[2] === undefined)) {
    throw new WinnowError('USAGE', `"${text.slice(0, 50)}" is no range`, {
      where: name,
      next: 'Write .4-.6, .4- or -.6.',
    });
  }
  const from = match[1] === undefined ? -Infinity : Number(match[1]);
  const to = match[2] === undefined ? Infinity : Number(match[2]);
  return {
    name,
    mark(columns, missed, bit) {
      const values = column(columns);
      for (let index = 0; index < values.length; index += 1) {
        const value = values[index] as number;
        // What has no value is in no range.
        missed[index] = (missed[index] as number) | (value >= from && value <= to ? 0 : bit);
      }
    },
  };
}

/** Images that lie within a part of the map; without a split they are nowhere. */
function lassoFilter({ layout, markOutside }: ReadLasso): ColumnFilter {
  return {
    name: 'lasso',
    mark(columns, missed, bit) {
      markOutside(placesOf(columns, layout), missed, bit);
      if (layout !== 'triangle') return;
      const { kind } = columns;
      const nowhere = NO_KIND;
      for (let index = 0; index < kind.length; index += 1) {
        if (kind[index] === nowhere) missed[index] = (missed[index] as number) | bit;
      }
    },
  };
}
