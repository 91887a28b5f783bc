/** Label of each class, its place in the list, by name. */
export function labelsByName(classes: readonly string[]): ReadonlyMap<string, number> {
  return new Map(classes.map((name, label) => [name, label]));
}
