import { WinnowError } from '@winnow/contracts';
import type { Override } from './apply-overrides';
import { closestName } from './closest-name';
import { projectKeys } from './project-keys';

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
