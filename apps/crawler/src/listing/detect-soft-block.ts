import type { Engine, ParsedPage } from '../engines/engine';
import { sharesWordsWithQuery } from '../engines/shares-words-with-query';

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
export function judgePage(engine: Pick<Engine, 'kind'>, page: ParsedPage, context: PageContext): ParsedPage {
  // Official interfaces say so when they refuse; their ranking may well know pictures whose titles do not.
  if (engine.kind !== 'scraped') return page;
  const isSoftBlock =
    (page.class === 'empty' && context.hitCount > 0) ||
    (page.class === 'ok' && !sharesWordsWithQuery(page.hits, context.query));
  return isSoftBlock ? { class: 'soft_block', hits: [], next: null } : page;
}
