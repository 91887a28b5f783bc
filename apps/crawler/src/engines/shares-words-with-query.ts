import type { EngineHit } from '@winnow/contracts';

/** Below this many titled hits a page says too little. */
const MIN_HITS = 8;
/** More than a page has; each may have 2,000 characters. */
const MAX_HITS = 200;

/**
 * Whether at least one hit of a page has to do with the query: a word of it in title or addresses.
 * A full page without any is how an engine answers clients that it dislikes. True when it cannot be told: few hits,
 * or a query in a script that titles may well not be written in.
 */
export function sharesWordsWithQuery(hits: readonly EngineHit[], query: string): boolean {
  const words = fold(query)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => /^[a-z\d]{3,}$/.test(word));
  const titled = hits.slice(0, MAX_HITS).filter((hit) => hit.title !== undefined);
  if (words.length === 0 || titled.length < MIN_HITS) return true;
  return titled.some((hit) => {
    const text = fold(`${hit.title} ${hit.pageUrl ?? ''} ${hit.imageUrl}`);
    return words.some((word) => text.includes(stem(word)));
  });
}

/** Lower case without accents. */
function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/** Plural and singular match. */
function stem(word: string): string {
  return word.length > 3 ? word.replace(/(?:es|s)$/, '') : word;
}
