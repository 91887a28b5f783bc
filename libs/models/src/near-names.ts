const MOST = 3;

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
  return [...new Set(ranked.map(({ name }) => name))].slice(0, MOST);
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

/** Levenshtein distance: letters put in, taken out or changed. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const changed = (previous[column - 1] as number) + Number(a[row - 1] !== b[column - 1]);
      current.push(Math.min(changed, (previous[column] as number) + 1, (current[column - 1] as number) + 1));
    }
    previous = current;
  }
  return previous[b.length] as number;
}
