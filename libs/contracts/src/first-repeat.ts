/** The first item that stood in the list before; undefined where all differ. In linear time. */
export function firstRepeat<T>(items: Iterable<T>): T | undefined {
  const seen = new Set<T>();
  for (const item of items) {
    if (seen.has(item)) return item;
    seen.add(item);
  }
  return undefined;
}
