import type { WhereComparison, WhereFieldType } from '@winnow/config';
import { IMAGE_FLAGS, NOISE_KINDS } from '@winnow/contracts';
import { sidesOf } from './column-filters';
import { rowsWithin } from './digest-parts';
import { DECIDED_STATES, NO_CLASS } from './image-columns';
import type { ImageColumns } from './image-columns';
import type { RowsByDigest } from './rows-by-digest';
import { sharesOfSplit } from './sort-columns';

type Numbers = Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;

/** A field of an expression, and the images for which it holds. */
export interface ColumnField extends WhereFieldType {
  /**
   * One comparison against all images; `!=` holds wherever `=` does not, as in `build.where`.
   * @param byDigest finds rows of the columns
   * @returns 1 for each image for which it holds, in an array of its own
   */
  mark(
    columns: ImageColumns,
    comparison: WhereComparison,
    values: readonly (string | number)[],
    byDigest: RowsByDigest,
  ): Uint8Array;
}

/** @param numbersOf one an image; NaN where it has none */
const number = (numbersOf: (columns: ImageColumns) => Numbers): ColumnField => ({
  type: 'number',
  mark: (columns, comparison, values) => compareNumbers(numbersOf(columns), comparison, values as readonly number[]),
});
const share = (name: 'clean' | 'closed' | 'open'): ColumnField => number((columns) => sharesOfSplit(columns, name));

/** A field of which every image has one value. @param codesOf index of the value; beyond the list: none */
const single = (
  valuesOf: (columns: ImageColumns) => readonly string[],
  codesOf: (columns: ImageColumns) => Uint8Array | Uint16Array,
): ColumnField => ({
  type: 'text',
  mark(columns, comparison, asked) {
    const wanted = new Uint8Array(65_536);
    wanted.set(wantedValues(valuesOf(columns), comparison, asked));
    if (comparison === '!=') flip(wanted);
    const codes = codesOf(columns);
    const rows = new Uint8Array(codes.length);
    for (let row = 0; row < rows.length; row += 1) rows[row] = wanted[codes[row] as number] as number;
    return rows;
  },
});

const LAST_BIT = 31;

/** A field with one bit a value; values from the 32nd on share the last. */
const bits = (
  valuesOf: (columns: ImageColumns) => readonly string[],
  masksOf: (columns: ImageColumns) => Uint8Array | Uint32Array,
): ColumnField => ({
  type: 'text',
  mark(columns, comparison, asked) {
    const mask = wantedValues(valuesOf(columns), comparison, asked).reduce(
      (all, isWanted, bit) => all | (isWanted << Math.min(bit, LAST_BIT)),
      0,
    );
    const [among, others] = comparison === '!=' ? [0, 1] : [1, 0];
    const masks = masksOf(columns);
    const rows = new Uint8Array(masks.length);
    for (let row = 0; row < rows.length; row += 1) rows[row] = ((masks[row] as number) & mask) === 0 ? others : among;
    return rows;
  },
});

const host: ColumnField = {
  type: 'text',
  mark({ count, lists, hosts, hostStart }, comparison, asked) {
    const names = asked.map((one) => String(one).toLowerCase());
    const wanted = wantedValues(lists.hosts, comparison, names, isAmongOrBelow);
    const rows = new Uint8Array(count);
    for (let row = 0; row < count; row += 1) {
      const end = hostStart[row + 1] as number;
      for (let at = hostStart[row] as number; at < end; at += 1) {
        rows[row] = (rows[row] as number) | (wanted[hosts[at] as number] as number);
      }
    }
    if (comparison === '!=') flip(rows);
    return rows;
  },
};

/** Too many to be listed. */
const sha256: ColumnField = {
  type: 'text',
  mark(columns, comparison, asked, byDigest) {
    if (comparison === 'contains') return rowsWithin(columns, String(asked[0]).toLowerCase());
    const rows = new Uint8Array(columns.count);
    for (const one of asked) for (const row of byDigest.rowsOf(String(one))) rows[row] = 1;
    if (comparison === '!=') flip(rows);
    return rows;
  },
};

/** Those of `build.where` that columns hold, and what people decided. */
export const COLUMN_FIELDS: ReadonlyMap<string, ColumnField> = new Map<string, ColumnField>([
  [
    'class',
    single(
      ({ lists }) => lists.classes,
      ({ given }) => given,
    ),
  ],
  [
    'engine',
    bits(
      ({ lists }) => lists.engines,
      ({ engines }) => engines,
    ),
  ],
  [
    'license',
    bits(
      ({ lists }) => lists.licenses,
      ({ licenses }) => licenses,
    ),
  ],
  ['host', host],
  [
    'flag',
    {
      ...bits(
        () => IMAGE_FLAGS,
        ({ flags }) => flags,
      ),
      choices: IMAGE_FLAGS,
    },
  ],
  ['width', number(({ width }) => width)],
  ['height', number(({ height }) => height)],
  ['side', number(sidesOf)],
  ['aspect', number(aspectsOf)],
  ['copies', number(({ copies }) => copies)],
  ['sha256', sha256],
  [
    'kind',
    {
      ...single(
        () => NOISE_KINDS,
        ({ kind }) => kind,
      ),
      choices: NOISE_KINDS,
    },
  ],
  ['pClean', share('clean')],
  ['pClosed', share('closed')],
  ['pOpen', share('open')],
  ['doubt', number(({ doubt }) => doubt)],
  // Of others than closed ones it says what the label would be if they were closed, which they are not.
  ['refined', single(({ lists }) => lists.classes, refinedOfClosed)],
  [
    'decided',
    {
      ...single(
        () => DECIDED_STATES,
        ({ state }) => state,
      ),
      choices: DECIDED_STATES,
    },
  ],
  [
    'by',
    bits(
      ({ persons }) => persons,
      ({ people }) => people,
    ),
  ],
]);

function aspectsOf({ width, height }: ImageColumns): Float64Array {
  const aspects = Float64Array.from(width);
  for (let row = 0; row < aspects.length; row += 1) {
    const ratio = (aspects[row] as number) / (height[row] as number);
    aspects[row] = ratio < 1 ? (height[row] as number) / (aspects[row] as number) : ratio;
  }
  return aspects;
}

const CLOSED = NOISE_KINDS.indexOf('closed');

function refinedOfClosed({ kind, refined }: ImageColumns): Uint16Array {
  const labels = refined.slice();
  for (let row = 0; row < labels.length; row += 1) if (kind[row] !== CLOSED) labels[row] = NO_CLASS;
  return labels;
}

/** One loop for all comparisons with one number: what it comes to below, at and above the limit, and for NaN. */
function compareNumbers(numbers: Numbers, comparison: WhereComparison, values: readonly number[]): Uint8Array {
  const rows = new Uint8Array(numbers.length);
  if (values.length !== 1) {
    const wanted = new Set(values);
    for (let row = 0; row < rows.length; row += 1) rows[row] = wanted.has(numbers[row] as number) ? 1 : 0;
    return rows;
  }
  const limit = values[0] as number;
  const [below, at, above, none] = SIDES_OF_LIMIT[comparison];
  for (let row = 0; row < rows.length; row += 1) {
    const value = numbers[row] as number;
    rows[row] = value < limit ? below : value > limit ? above : value === limit ? at : none;
  }
  return rows;
}

const SIDES_OF_LIMIT: Readonly<Record<WhereComparison, readonly [number, number, number, number]>> = {
  '<': [1, 0, 0, 0],
  '<=': [1, 1, 0, 0],
  '>': [0, 0, 1, 0],
  '>=': [0, 1, 1, 0],
  '=': [0, 1, 0, 0],
  in: [0, 1, 0, 0],
  contains: [0, 1, 0, 0],
  '!=': [1, 0, 1, 1],
};

/** 1 for each value, by its index, that is among those that were asked for; `!=` is left to the caller. */
function wantedValues(
  values: readonly string[],
  comparison: WhereComparison,
  asked: readonly (string | number)[],
  isAmong = (value: string, names: ReadonlySet<string>): boolean => names.has(value),
): Uint8Array {
  const isWanted = textTest(comparison, asked, isAmong);
  return Uint8Array.from(values, (value) => (isWanted(value) ? 1 : 0));
}

function textTest(
  comparison: WhereComparison,
  asked: readonly (string | number)[],
  isAmong: (value: string, names: ReadonlySet<string>) => boolean,
): (value: string) => boolean {
  const names = new Set(asked.map(String));
  const [part = ''] = [...names].map((name) => name.toLowerCase());
  if (comparison === 'contains') return (value) => value.toLowerCase().includes(part);
  return (value) => isAmong(value, names);
}

/** A host, or one of those that it is part of. */
function isAmongOrBelow(host: string, names: ReadonlySet<string>): boolean {
  for (let name = host; ; name = name.slice(name.indexOf('.') + 1)) {
    if (names.has(name)) return true;
    if (!name.includes('.')) return false;
  }
}

/** Makes `not` of it, in place. */
export function flip(rows: Uint8Array): void {
  for (let row = 0; row < rows.length; row += 1) rows[row] = 1 - (rows[row] as number);
}
