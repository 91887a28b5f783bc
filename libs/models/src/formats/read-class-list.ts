import { fromJson } from './json-values';

/**
 * Class names as model files give them: a list, a JSON list, or names between commas. Blanks around a name are dropped.
 * Names may repeat, as they do in ImageNet's list: they stand for outputs.
 * @returns null where it is none of these, without names, or with a name that is blank or not a text
 */
export function readClassList(value: unknown): string[] | null {
  const names = typeof value === 'string' && !value.trimStart().startsWith('[') ? value.split(',') : fromJson(value);
  if (!Array.isArray(names) || names.length === 0) return null;
  const trimmed = names.map((name: unknown) => (typeof name === 'string' ? name.trim() : ''));
  return trimmed.includes('') ? null : trimmed;
}
