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
 * @throws WinnowError CONFIG_INVALID for a variable of a section that is none of them: a misspelt one would change nothing
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

/** Other variables of winnow, such as WINNOW_CACHE, belong to no section. */
function refuseSettings(names: readonly string[], known: readonly string[]): void {
  if (names.length === 0) return;
  const sections = projectKeys([]).filter((key) => projectKeys([key]).length > 0);
  for (const prefix of sections.map((section) => `${variableOf(section)}_`)) {
    const unknown = names.find((name) => name.startsWith(prefix));
    if (unknown === undefined) continue;
    const keys = known.flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
    const meant = closestName(unknown.slice(prefix.length), keys);
    throw new WinnowError('CONFIG_INVALID', 'The environment variable is no setting', {
      where: unknown,
      next:
        meant === undefined
          ? `Unset it; what it shall say belongs into the project file. There are ${known.join(', ')}.`
          : `Did you mean ${prefix}${meant}?`,
    });
  }
}
