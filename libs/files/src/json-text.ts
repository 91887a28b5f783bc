import { WinnowError } from '@winnow/contracts';
import type { JsonValue } from '@winnow/contracts';

/**
 * JSON with the keys of every object sorted by code unit and no spaces (RFC 8785): equal values give equal text.
 * @throws WinnowError INTERNAL for a number that JSON cannot say
 */
export function canonicalJson(value: JsonValue): string {
  return write(value, { whole: value, order: (keys) => keys.sort() }) as string;
}

/**
 * JSON without white space: equal values give equal bytes. Keys stand in code-unit order at every level, but for whole
 * numbers, which come first, as in every JavaScript object.
 * @throws WinnowError INTERNAL for a number that JSON cannot say
 */
export function stableJson(value: unknown, indent?: number): string {
  const text = write(value, { whole: value, order: wholeNumbersFirst }) ?? 'null';
  return indent === undefined ? text : JSON.stringify(JSON.parse(text), null, indent);
}

interface Writing {
  /** What is written, for errors. */
  readonly whole: unknown;
  readonly order: (keys: string[]) => readonly string[];
}

/** Text of a value without a copy of it; undefined for what JSON leaves out. */
function write(value: unknown, writing: Writing): string | undefined {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new WinnowError('INTERNAL', `${value} cannot be written as JSON`, {
      where: pathOf(value, writing.whole) ?? '',
    });
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value) text += `${text === '' ? '' : ','}${write(item, writing) ?? 'null'}`;
    return `[${text}]`;
  }
  for (const key of writing.order(Object.keys(value))) {
    const item = write((value as Record<string, unknown>)[key], writing);
    if (item !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${item}`;
  }
  return `{${text}}`;
}

const WHOLE_NUMBER = /^\d/;

function wholeNumbersFirst(names: string[]): readonly string[] {
  const keys = names.sort();
  return keys.some((key) => WHOLE_NUMBER.test(key))
    ? Object.keys(Object.fromEntries(keys.map((key) => [key, 0])))
    : keys;
}

/** Where a number is within a value, such as `a[0].b`. */
function pathOf(number: number, value: unknown, path = ''): string | null {
  if (Object.is(value, number)) return path;
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, item] of Object.entries(value)) {
    const step = Array.isArray(value) ? `[${key}]` : `${path === '' ? '' : '.'}${key}`;
    const found = pathOf(number, item, path + step);
    if (found !== null) return found;
  }
  return null;
}

/** What lies at the ends of nested objects, by dotted path such as `build.size`; lists are such ends, too. */
export function jsonLeaves(value: JsonValue): ReadonlyMap<string, JsonValue> {
  const found = new Map<string, JsonValue>();
  const visit = (item: JsonValue, key: string): void => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) found.set(key, item);
    else for (const [name, child] of Object.entries(item)) visit(child, key === '' ? name : `${key}.${name}`);
  };
  visit(value, '');
  return found;
}
