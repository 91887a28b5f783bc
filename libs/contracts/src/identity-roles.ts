/**
 * What a setting is to an identity, which says whether two runs, comparisons or data sets are the same one. `result` decides
 * what comes out; `varied` does too, and a comparison runs through its values; `none` decides how or where something is
 * computed or kept, and not what.
 */
type IdentityRole = 'result' | 'varied' | 'none';

/** A role for each setting: a new one does not compile before somebody has decided whether it belongs to the identity. */
export type IdentityRoles<Settings> = { readonly [Key in keyof Required<Settings>]: IdentityRole };

/** The settings of some roles, in the order in which they come. Whatever has no role belongs to no identity. */
export function settingsOfRoles<Settings extends object>(
  settings: Settings,
  roles: IdentityRoles<Settings>,
  wanted: readonly IdentityRole[],
): Partial<Settings> {
  const all = Object.entries(settings) as [keyof Settings, unknown][];
  return Object.fromEntries(
    all.filter(([name]) => Object.hasOwn(roles, name) && wanted.includes(roles[name])),
  ) as Partial<Settings>;
}
