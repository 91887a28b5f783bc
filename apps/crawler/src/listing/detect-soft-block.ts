import type { EngineHit } from '@winnow/contracts';
import type { Engine, ParsedPage } from '../engines/engine';

/** What the caller of a parser knows. */
export interface PageContext {
  readonly query: string;
  /** Hits that this query has given so far. */
  readonly hitCount: number;
}

/**
 * What a page means, in the light of the query and of what came before: results that have nothing to do with the
 * query, or none at all where there were some before, are how an engine answers clients that it dislikes.
 */
export function detectSoftBlock(engine: Pick<Engine, 'kind'>, page: ParsedPage, context: PageContext): ParsedPage {
  // Official interfaces say so when they refuse; their ranking may well know images whose titles do not.
  if (engine.kind !== 'scraped') return page;
  const isSoftBlock =
    (page.class === 'empty' && context.hitCount > 0) ||
    (page.class === 'ok' && !sharesWordsWithQuery(page.hits, context.query));
  return isSoftBlock ? { class: 'soft_block', hits: [], next: null } : page;
}

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
