import type { JsonValue } from '@winnow/contracts';
import { askEngine } from './ask-engine';
import type { EngineAnswer } from './ask-engine';
import type { CrawlContext } from '../jobs/crawl-context';
import type { Engine, SearchFilters } from '../engines/engine';

/** A token, then the results. */
const MAX_STEPS = 2;

export interface PageQuery {
  readonly text: string;
  /** Null for the first page. */
  readonly cursor: JsonValue;
  readonly filters: SearchFilters;
}

/** Asks for a page of results; where the engine gives a token first, for the token and then for the page. */
export async function askInSteps(context: CrawlContext, engine: Engine, query: PageQuery): Promise<EngineAnswer> {
  const apiKey = context.apiKeys[engine.name];
  let { cursor } = query;
  for (let step = 1; ; step += 1) {
    const request = engine.request({ ...query, cursor, ...(apiKey === undefined ? {} : { apiKey }) });
    const answer = await askEngine(context, engine, { query: query.text, request });
    if (!answer.ok || answer.page.class !== 'token' || step === MAX_STEPS) return answer;
    cursor = answer.page.next;
  }
}
