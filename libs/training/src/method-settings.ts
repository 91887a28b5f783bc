import { WinnowError } from '@winnow/contracts';

/** Settings of a method, by name. */
export type MethodSettings = Readonly<Record<string, number | string | boolean>>;

/** What the values of a setting may be, beside their type. */
export interface SettingRule {
  /** In words: `the setting is 3, not <allowed>`. */
  readonly allowed: string;
  allows(value: MethodSettings[string]): boolean;
}

/** One of these texts. */
export function oneOf(...names: readonly string[]): SettingRule {
  return { allowed: names.join(' or '), allows: (value) => names.includes(String(value)) };
}

/** From one number to another, both included. */
export function between(least: number, most: number): SettingRule {
  return { allowed: `from ${least} to ${most}`, allows: (value) => Number(value) >= least && Number(value) <= most };
}

/** A whole number from one to another, both included. */
export function wholeBetween(least: number, most: number): SettingRule {
  const range = between(least, most);
  return {
    allowed: `a whole number ${range.allowed}`,
    allows: (value) => Number.isInteger(value) && range.allows(value),
  };
}

/** A number above 0. */
export const POSITIVE: SettingRule = {
  allowed: 'a number above 0',
  allows: (value) => Number.isFinite(value) && Number(value) > 0,
};

/** The settings that a method has. */
export interface KnownSettings {
  readonly defaults: MethodSettings;
  readonly rules: Readonly<Record<string, SettingRule>>;
}

type Widened<T> = { readonly [K in keyof T]: T[K] extends number ? number : T[K] extends boolean ? boolean : string };

/**
 * A method's settings, with what the run sets otherwise.
 * @param rules what values may be, by name; where there is none, any of the type
 * @throws WinnowError CONFIG_INVALID for a name that the method does not have, or a value of another type or against its
 *   rule
 */
export function readSettings<T extends MethodSettings>(
  { settings = {} }: { readonly settings?: MethodSettings | undefined },
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

/** Before anything is made. @throws WinnowError CONFIG_INVALID for settings that the method does not have, as readSettings */
export function requireMethodSettings(
  { settings }: { readonly settings?: KnownSettings | undefined },
  given: MethodSettings | undefined,
): void {
  readSettings({ settings: given ?? {} }, settings?.defaults ?? {}, settings?.rules);
}
