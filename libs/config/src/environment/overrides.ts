import { WinnowError } from '@winnow/contracts';
import { closestName } from '@winnow/files';
import { projectKeys } from '../project-keys';

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

/** Settings that may come from the environment, e.g. WINNOW_TRAIN_EPOCHS, and what their text means. */
const ENVIRONMENT_KEYS = {
  engine: 'text',
  'harvest.perClass': 'number',
  'harvest.delayMillis': 'number',
  'harvest.concurrency': 'number',
  'harvest.contact': 'text',
  'build.size': 'number',
  'train.method': 'text',
  'train.epochs': 'number',
  'train.batch': 'number',
  'train.seed': 'number',
  'student.model': 'text',
} as const;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What the environment says of a project's settings.
 * @throws WinnowError CONFIG_INVALID for a misspelt one, and for a setting that the environment does not offer: either
 *   would change nothing
 */
export function environmentOverrides(env: Environment): Override[] {
  const settings = Object.entries(ENVIRONMENT_KEYS).map(([key, type]) => ({ key, type, variable: variableOf(key) }));
  const known = settings.map(({ variable }) => variable);
  const others = Object.keys(env).filter((name) => name.startsWith('WINNOW_') && !known.includes(name));
  refuseSettings(
    others.filter((name) => isSet(env[name])),
    known,
  );
  return settings.flatMap(({ key, type, variable }): Override[] => {
    const text = env[variable];
    if (!isSet(text)) return [];
    const number = Number(text);
    // What is no number stays text: the error then shows it as it was typed.
    return [[key, type === 'text' || Number.isNaN(number) ? text : number, variable]];
  });
}

function variableOf(key: string): string {
  return `WINNOW_${key
    .replace(/([A-Z])/g, '_$1')
    .replace('.', '_')
    .toUpperCase()}`;
}

function isSet(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== '';
}

/** Other variables, of winnow such as WINNOW_CACHE or of somebody's CI, are near none of the settings. */
function refuseSettings(names: readonly string[], known: readonly string[]): void {
  if (names.length === 0) return;
  for (const section of projectKeys([])) {
    const prefix = `${variableOf(section)}_`;
    const offered = known.filter((name) => name.startsWith(prefix));
    const elsewhere = projectKeys([section]).map((key) => variableOf(`${section}.${key}`));
    for (const name of names.filter((one) => one.startsWith(prefix))) {
      const meant = elsewhere.includes(name)
        ? undefined
        : closestName(
            name.slice(prefix.length),
            offered.map((one) => one.slice(prefix.length)),
          );
      if (meant === undefined && !elsewhere.includes(name)) continue;
      throw new WinnowError('CONFIG_INVALID', 'The environment variable is no setting', {
        where: name,
        next:
          meant === undefined
            ? `Unset it; what it shall say belongs into the project file. There are ${known.join(', ')}.`
            : `Did you mean ${prefix}${meant}?`,
      });
    }
  }
}
