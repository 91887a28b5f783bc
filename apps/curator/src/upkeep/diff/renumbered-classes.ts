/** A class that has another number, `cls` in the shards, than before. */
export interface RenumberedClass {
  readonly name: string;
  readonly before: number;
  readonly after: number;
}

/** Renumbered classes that are named; --json has all. */
const MAX_SHOWN = 10;

/** Classes of both whose numbers differ, by their number before. */
export function renumberedClasses(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): readonly RenumberedClass[] {
  return [...before]
    .flatMap(([name, old]) => {
      const now = after.get(name);
      return now === undefined || now === old ? [] : [{ name, before: old, after: now }];
    })
    .sort((a, b) => a.before - b.before);
}

/** What to tell a person; nothing where no class is. */
export function describeRenumbered(renumbered: readonly RenumberedClass[]): readonly string[] {
  if (renumbered.length === 0) return [];
  const shown = renumbered.slice(0, MAX_SHOWN).map(({ name, before, after }) => `${name} ${before} -> ${after}`);
  const more = renumbered.length > MAX_SHOWN ? ` and ${renumbered.length - MAX_SHOWN} more` : '';
  return [`Classes renumbered (\`cls\` in the shards): ${shown.join(', ')}${more}.`];
}
