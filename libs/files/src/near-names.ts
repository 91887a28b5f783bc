import { distance as editDistance } from 'fastest-levenshtein';

const MAX_NAMES = 3;

/**
 * Names that somebody may have meant: the same but for case and punctuation, one of several names between commas, one
 * that contains the other, or one a few letters away; nearest first, at most three.
 */
export function nearNames(wanted: string, known: readonly string[]): readonly string[] {
  const target = plain(wanted);
  const ranked = known.flatMap((name, index) => {
    const distance = distanceTo(target, name);
    return distance === null ? [] : [{ name, distance, index }];
  });
  ranked.sort((a, b) => a.distance - b.distance || a.index - b.index);
  return [...new Set(ranked.map(({ name }) => name))].slice(0, MAX_NAMES);
}

/** 0: the same; 1: contained; above: letters to change. Null: another name. */
function distanceTo(target: string, name: string): number | null {
  const candidates = [name, ...name.split(',')].map(plain).filter((text) => text !== '');
  if (target === '' || candidates.length === 0) return null;
  if (candidates.includes(target)) return 0;
  const words = ` ${target} `;
  if (candidates.some((text) => ` ${text} `.includes(words) || words.includes(` ${text} `))) return 1;
  const allowed = Math.max(1, Math.floor(target.length / 4));
  const close = candidates.filter((text) => Math.abs(text.length - target.length) <= allowed);
  const least = Math.min(...close.map((text) => editDistance(text, target)), Infinity);
  return least <= allowed ? 1 + least : null;
}

function plain(name: string): string {
  return name
    .slice(0, 200)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** The name that a misspelt one most likely stands for; undefined where none is near. Case, - and _ count for nothing. */
export function closestName(misspelt: string, names: readonly string[]): string | undefined {
  const wanted = joined(misspelt);
  const near = names
    .map((name) => ({ name, edits: editDistance(wanted, joined(name)) }))
    .filter(({ edits }) => edits <= Math.ceil(wanted.length / 4))
    .sort((a, b) => a.edits - b.edits);
  return near[0]?.name;
}

const joined = (name: string): string => name.toLowerCase().replace(/[-_]/g, '');
