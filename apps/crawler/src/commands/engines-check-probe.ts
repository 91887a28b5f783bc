import type { ResponseClass } from '@winnow/contracts';
import { noteEngineResponse, suspendedEngines, suspendEngine } from '@winnow/db';
import type { EngineHealth } from '@winnow/db';
import type { Engine } from '../engines/engine';
import type { HttpFailure } from '../http/http-result';
import type { CrawlContext } from '../jobs/crawl-context';
import { askInSteps } from '../listing/ask-engine';
import { detectSoftBlock } from '../listing/detect-soft-block';
import { suspensionMillis } from '../listing/suspension';

/** What is known of one engine after a check. */
export interface EngineCheck {
  readonly engine: Engine;
  /** Of the answer; null when there was none, or none was asked for. */
  readonly class: ResponseClass | null;
  /** Why there was no answer; null when there was one, or none was asked for. */
  readonly failure: HttpFailure | null;
  readonly hits: number;
  /** From the first request to the last answer, waiting for its turn included; null when it was not asked. */
  readonly millis: number | null;
  /** Until when it is left alone, and for which answer. */
  readonly suspendedUntil: Date | null;
  readonly reason: ResponseClass | null;
  /** Null for engines that need none. */
  readonly key: 'present' | 'missing' | null;
}

export interface CheckOptions {
  readonly engine: Engine;
  readonly query: string;
  /** Results are certain to exist for this query, so none of them is a block. */
  readonly hasResults: boolean;
  /** Only tell what is known, ask nothing. */
  readonly askNothing: boolean;
}

/** Whether an engine is one to ask, unless it is suspended. */
export function isToBeAsked(context: CrawlContext, { engine, askNothing }: CheckOptions): boolean {
  return !askNothing && keyState(context, engine) !== 'missing';
}

/**
 * Asks an engine one query, once, and stores what its answer means. An engine that is suspended, or whose key is
 * missing, is not asked.
 */
export async function checkEngine(context: CrawlContext, options: CheckOptions): Promise<EngineCheck> {
  const { engine } = options;
  const before = await suspensionOf(context, engine);
  const key = keyState(context, engine);
  const notAsked: EngineCheck = { engine, class: null, failure: null, hits: 0, millis: null, ...before, key };
  if (!isToBeAsked(context, options) || before.suspendedUntil !== null) return notAsked;
  const startMillis = context.clock.now();
  const { licenses, safe } = context.harvest;
  const response = await askInSteps(context, engine, {
    text: options.query,
    cursor: null,
    filters: { licenses, safe },
  });
  const millis = context.clock.now() - startMillis;
  if (!response.ok) return { ...notAsked, failure: response.failure, millis };
  const page = detectSoftBlock(engine, response.page, { query: options.query, hitCount: options.hasResults ? 1 : 0 });
  const responseClass = page.class === 'token' ? 'format_drift' : page.class;
  await remember(context, engine, { responseClass, retryAfterMillis: response.retryAfterMillis });
  const after = await suspensionOf(context, engine);
  return { ...notAsked, class: responseClass, hits: page.hits.length, millis, ...after };
}

/** As a crawl does, so that a block which a check met is not walked into again. */
async function remember(
  { db, clock }: CrawlContext,
  engine: Engine,
  response: { readonly responseClass: ResponseClass; readonly retryAfterMillis: number | undefined },
): Promise<void> {
  const { responseClass } = response;
  await noteEngineResponse(db, engine.name, { responseClass, at: new Date(clock.now()) });
  const millis = suspensionMillis(responseClass, response.retryAfterMillis);
  if (millis === undefined) return;
  await suspendEngine(db, engine.name, { until: new Date(clock.now() + millis), reason: responseClass });
}

async function suspensionOf(
  { db, clock }: CrawlContext,
  { name }: Engine,
): Promise<Pick<EngineHealth, 'suspendedUntil' | 'reason'>> {
  const health = (await suspendedEngines(db, new Date(clock.now()))).find(({ engine }) => engine === name);
  return { suspendedUntil: health?.suspendedUntil ?? null, reason: health?.reason ?? null };
}

function keyState({ apiKeys }: CrawlContext, { name, keyVariable }: Engine): EngineCheck['key'] {
  if (keyVariable === undefined) return null;
  return apiKeys[name] === undefined ? 'missing' : 'present';
}
