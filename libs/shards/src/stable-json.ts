import { WinnowError } from '@winnow/contracts';

/** JSON without white space, keys in code-unit order at every level: equal values give equal bytes. */
export function stableJson(value: unknown, indent?: number): string {
  return JSON.stringify(sortKeys(value, ''), null, indent);
}

function sortKeys(value: unknown, path: string): unknown {
  if (Array.isArray(value)) return value.map((item, index) => sortKeys(item, `${path}[${index}]`));
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new WinnowError('INTERNAL', `${value} cannot be written as JSON`, { where: path });
  }
  if (typeof value !== 'object' || value === null) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(
    keys.map((key) => [key, sortKeys((value as Record<string, unknown>)[key], path === '' ? key : `${path}.${key}`)]),
  );
}
