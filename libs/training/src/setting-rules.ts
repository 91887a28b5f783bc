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
