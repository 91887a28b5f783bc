/**
 * Dotted key and its value; an undefined value changes nothing. The source is what a person typed, such as
 * `--per-class` or `WINNOW_TRAIN_EPOCHS`, and is named in errors.
 */
export type Override = readonly [key: string, value: unknown, source?: string];

type Mapping = Record<string, unknown>;

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A copy of `input` with the overrides set; later ones win. A section that is no mapping is left for validation to refuse. */
export function applyOverrides(input: unknown, overrides: readonly Override[]): unknown {
  if (!isMapping(input)) return input;
  const result = structuredClone(input);
  for (const [key, value] of overrides) {
    if (value !== undefined) setIn(result, key.split('.'), value);
  }
  return result;
}

function setIn(target: Mapping, keys: readonly string[], value: unknown): void {
  const [key, ...rest] = keys;
  if (key === undefined) return;
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  target[key] ??= {};
  const child = target[key];
  if (isMapping(child)) setIn(child, rest, value);
}
