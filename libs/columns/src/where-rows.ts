import { parseWhereExpression } from '@winnow/config';
import type { WhereComparison, WhereExpression, WhereFieldType } from '@winnow/config';
import { IMAGE_FLAGS, isWinnowError, NOISE_KINDS, WinnowError } from '@winnow/contracts';
import { DECIDED_STATES, digestOf, NO_CLASS, NO_KIND } from './image-columns';
import type { ImageColumns } from './image-columns';

interface NumberField extends WhereFieldType {
  readonly type: 'number';
  /** NaN where an image has none. */
  valueOf(columns: ImageColumns, row: number): number;
}

interface TextField extends WhereFieldType {
  readonly type: 'text';
  /** All values that there are. */
  valuesOf(columns: ImageColumns): readonly string[];
  /** Whether an image has any of the values for which `wanted`, by their index, is 1. */
  hasAny(columns: ImageColumns, row: number, wanted: Uint8Array): boolean;
  /** Whether a value is what was asked for; without it, where they are equal. */
  matches?(value: string, asked: string): boolean;
}

/** Too many to be listed: digests. */
interface DigestField extends WhereFieldType {
  readonly type: 'text';
  readonly isDigest: true;
}

type ColumnField = NumberField | TextField | DigestField;

const number = (valueOf: NumberField['valueOf']): NumberField => ({ type: 'number', valueOf });
const share = (read: (columns: ImageColumns) => Float32Array): NumberField =>
  number((columns, row) => (columns.kind[row] === NO_KIND ? Number.NaN : (read(columns)[row] as number)));

/** A field with one value an image. */
const single = (
  valuesOf: TextField['valuesOf'],
  indexOf: (columns: ImageColumns, row: number) => number,
): TextField => ({
  type: 'text',
  valuesOf,
  hasAny: (columns, row, wanted) => wanted[indexOf(columns, row)] === 1,
});

/** A field with one bit a value. */
const bits = (
  valuesOf: TextField['valuesOf'],
  maskOf: (columns: ImageColumns) => Uint8Array | Uint32Array,
): TextField => ({
  type: 'text',
  valuesOf,
  hasAny(columns, row, wanted) {
    let rest = (maskOf(columns)[row] as number) | 0;
    while (rest !== 0) {
      const bit = 31 - Math.clz32(rest);
      if (wanted[bit] === 1) return true;
      rest ^= 1 << bit;
    }
    return false;
  },
});

const isHostOrBelow = (host: string, asked: string): boolean => {
  const name = asked.toLowerCase();
  return host === name || host.endsWith(`.${name}`);
};

const size = (columns: ImageColumns, row: number): readonly [number, number] => [
  columns.width[row] as number,
  columns.height[row] as number,
];

/** Those of `build.where` that columns hold, and what people decided. */
const COLUMN_FIELDS: ReadonlyMap<string, ColumnField> = new Map<string, ColumnField>([
  [
    'class',
    single(
      ({ lists }) => lists.classes,
      ({ given }, row) => given[row] as number,
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
  [
    'host',
    {
      type: 'text',
      valuesOf: ({ lists }) => lists.hosts,
      matches: isHostOrBelow,
      hasAny({ hosts, hostStart }, row, wanted) {
        const end = hostStart[row + 1] as number;
        for (let at = hostStart[row] as number; at < end; at += 1) if (wanted[hosts[at] as number] === 1) return true;
        return false;
      },
    },
  ],
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
  ['width', number(({ width }, row) => width[row] as number)],
  ['height', number(({ height }, row) => height[row] as number)],
  ['side', number((columns, row) => Math.min(...size(columns, row)))],
  ['aspect', number((columns, row) => Math.max(...size(columns, row)) / Math.min(...size(columns, row)))],
  ['copies', number(({ copies }, row) => copies[row] as number)],
  ['sha256', { type: 'text', isDigest: true }],
  [
    'kind',
    {
      ...single(
        () => NOISE_KINDS,
        ({ kind }, row) => kind[row] as number,
      ),
      choices: NOISE_KINDS,
    },
  ],
  ['pClean', share(({ clean }) => clean)],
  ['pClosed', share(({ closed }) => closed)],
  ['pOpen', share(({ open }) => open)],
  ['doubt', number(({ doubt }, row) => doubt[row] as number)],
  [
    'refined',
    // Of others it says what the label would be if it were closed, which it is not.
    single(
      ({ lists }) => lists.classes,
      ({ kind, refined }, row) => (NOISE_KINDS[kind[row] as number] === 'closed' ? (refined[row] as number) : NO_CLASS),
    ),
  ],
  [
    'decided',
    {
      ...single(
        () => DECIDED_STATES,
        ({ state }, row) => state[row] as number,
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

const CLASS_FIELDS: ReadonlySet<string> = new Set(['class', 'refined']);

/**
 * Holds an expression, in the language of `build.where`, against all images.
 * @returns 1 for each image for which it holds
 * @throws WinnowError USAGE naming the character
 */
export function whereRows(text: string, columns: ImageColumns): Uint8Array {
  return rowsOf(parse(text, columns.lists.classes), columns);
}

function parse(text: string, classes: readonly string[]): WhereExpression<ColumnField> {
  try {
    return parseWhereExpression(text, { fields: COLUMN_FIELDS, classFields: CLASS_FIELDS, classes });
  } catch (error) {
    if (!isWinnowError(error)) throw error;
    const { message, where, next } = error;
    throw new WinnowError('USAGE', message, { where: where?.replace('build.where', 'q'), next, cause: error });
  }
}

function rowsOf(node: WhereExpression<ColumnField>, columns: ImageColumns): Uint8Array {
  if (node.kind === 'compare') return rowsWhere(columns, holds(node, columns));
  if (node.kind === 'not') return rowsOf(node.part, columns).map((one) => 1 - one);
  const [first, ...others] = node.parts.map((part) => rowsOf(part, columns)) as [Uint8Array, ...Uint8Array[]];
  for (const other of others) {
    for (let row = 0; row < first.length; row += 1) {
      first[row] =
        node.kind === 'and'
          ? (first[row] as number) & (other[row] as number)
          : (first[row] as number) | (other[row] as number);
    }
  }
  return first;
}

function rowsWhere({ count }: ImageColumns, test: (row: number) => boolean): Uint8Array {
  const rows = new Uint8Array(count);
  for (let row = 0; row < count; row += 1) rows[row] = test(row) ? 1 : 0;
  return rows;
}

type Comparing = Extract<WhereExpression<ColumnField>, { kind: 'compare' }>;

/** `!=` holds wherever `=` does not, as in `build.where`. */
function holds({ field, comparison, values }: Comparing, columns: ImageColumns): (row: number) => boolean {
  const isEqual = comparison !== '!=';
  if (field.type === 'number') {
    const test = numberTest(comparison, values as readonly number[]);
    return (row) => test(field.valueOf(columns, row)) === isEqual;
  }
  const asked = values as readonly string[];
  const matches = (value: string, plain: (value: string, one: string) => boolean): boolean =>
    comparison === 'contains'
      ? value.toLowerCase().includes((asked[0] ?? '').toLowerCase())
      : asked.some((one) => plain(value, one));
  const equals = (value: string, one: string): boolean => value === one;
  if ('isDigest' in field) return (row) => matches(digestOf(columns, row), equals) === isEqual;
  const wanted = Uint8Array.from(field.valuesOf(columns), (value) => (matches(value, field.matches ?? equals) ? 1 : 0));
  return (row) => field.hasAny(columns, row, wanted) === isEqual;
}

function numberTest(comparison: WhereComparison, values: readonly number[]): (value: number) => boolean {
  const [limit = Number.NaN] = values;
  switch (comparison) {
    case '<':
      return (value) => value < limit;
    case '<=':
      return (value) => value <= limit;
    case '>':
      return (value) => value > limit;
    case '>=':
      return (value) => value >= limit;
    case '=':
    case '!=':
    case 'in':
    case 'contains':
      return (value) => values.includes(value);
  }
}
