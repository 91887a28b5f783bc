import { distance } from 'fastest-levenshtein';

/** The name that a misspelt one most likely stands for; undefined where none is near. Case, - and _ count for nothing. */
export function closestName(misspelt: string, names: readonly string[]): string | undefined {
  const wanted = plain(misspelt);
  const near = names
    .map((name) => ({ name, edits: distance(wanted, plain(name)) }))
    .filter(({ edits }) => edits <= Math.ceil(wanted.length / 4))
    .sort((a, b) => a.edits - b.edits);
  return near[0]?.name;
}

const plain = (name: string): string => name.toLowerCase().replace(/[-_]/g, '');
