import { WinnowError } from '@winnow/contracts';
import type { MethodContext } from './method';
import type { MethodSettings, SettingRule } from './setting-rules';

type Widened<T> = { readonly [K in keyof T]: T[K] extends number ? number : T[K] extends boolean ? boolean : string };

/**
 * A method's settings, with what the run sets otherwise.
 * @param rules what values may be, by name; where there is none, any of the type
 * @throws WinnowError CONFIG_INVALID for a name that the method does not have, or a value of another type or against its
 *   rule
 */
export function readSettings<T extends MethodSettings>(
  { settings = {} }: Pick<MethodContext, 'settings'>,
  defaults: T,
  rules: { readonly [K in keyof T]?: SettingRule } = {},
): Widened<T> {
  for (const [name, value] of Object.entries(settings)) {
    if (!Object.hasOwn(defaults, name) || typeof defaults[name] !== typeof value) throw unknownSetting(name, defaults);
    const rule = rules[name];
    if (rule === undefined || rule.allows(value)) continue;
    throw new WinnowError('CONFIG_INVALID', `${name} is ${value}, not ${rule.allowed}`, {
      where: `setting ${name}`,
      next: 'Correct it.',
    });
  }
  return { ...defaults, ...settings } as Widened<T>;
}

function unknownSetting(name: string, defaults: MethodSettings): WinnowError {
  const known = Object.entries(defaults).map(([one, example]) => `${one} (${typeof example})`);
  return new WinnowError('CONFIG_INVALID', `The method has no setting ${name} of this type`, {
    where: `setting ${name}`,
    next: known.length === 0 ? 'It has no settings: leave it out.' : `It has ${known.join(', ')}.`,
  });
}
