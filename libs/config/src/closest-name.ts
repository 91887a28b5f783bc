/** The name that a misspelt one most likely stands for; undefined where none is near. Case, - and _ count for nothing. */
export function closestName(misspelt: string, names: readonly string[]): string | undefined {
  const wanted = plain(misspelt);
  const near = names
    .map((name) => ({ name, distance: editDistance(wanted, plain(name)) }))
    .filter(({ distance }) => distance <= Math.ceil(wanted.length / 4))
    .sort((a, b) => a.distance - b.distance);
  return near[0]?.name;
}

const plain = (name: string): string => name.toLowerCase().replace(/[-_]/g, '');

/** Insertions, deletions, replacements and exchanges of neighbours that make one text the other. */
function editDistance(from: string, to: string): number {
  let before: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + (same ? 0 : 1),
          swapped ? (before[column - 2] ?? 0) + 1 : Infinity,
        ),
      );
    }
    before = last;
    last = current;
  }
  return last[to.length] ?? 0;
}
