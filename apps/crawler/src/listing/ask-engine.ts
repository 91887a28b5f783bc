import type { JsonValue } from '@winnow/contracts';
import type { Engine, EngineRequest, ParsedPage, SearchFilters } from '../engines/engine';
import type { Throttle } from '../http/http-client';
import { httpFailure } from '../http/http-result';
import type { HttpResponse, HttpFailure, HttpResult } from '../http/http-result';
import { retryAfterMillis } from '../http/retry-after';
import type { CrawlContext } from '../jobs/crawl-context';
import { backOffMillis } from '../politeness/back-off';
import type { RobotsPolicy } from '../politeness/robots-policy';
import { firstRefusal, HostThrottle } from '../politeness/throttle';
import type { Refusal } from '../politeness/throttle';
import { suspensionMillis } from './suspension';

/** Several times what any page has; parsers are fast enough for a megabyte, and take their time in proportion. */
const MAX_PAGE_BYTES = 5_000_000;

/** An engine's answer, or why there was none. */
export type EngineResponse =
  | {
      readonly ok: true;
      readonly page: ParsedPage;
      readonly body: Buffer;
      readonly retryAfterMillis: number | undefined;
    }
  | { readonly ok: false; readonly failure: HttpFailure };

/** After a refusal, until all workers know that the engine is suspended. */
const THINKING_MILLIS = 60_000;

interface AskedPage {
  readonly query: string;
  readonly request: EngineRequest;
}

/** Puts one request to an engine; waits and asks again where that is short and may help. */
export async function askEngine(
  context: CrawlContext,
  engine: Engine,
  { query, request }: AskedPage,
): Promise<EngineResponse> {
  const { retry, clock, signal, rateLimiter } = context;
  // Official interfaces are made for programs; of pages made for people robots.txt has a say.
  const obeyRobots = engine.kind === 'scraped' && context.harvest.respectRobots;
  const { host, hostname } = new URL(request.url);
  // A stand-in on this machine is no engine.
  if (!Object.hasOwn(context.harvest.resolve, hostname)) rateLimiter.slowDown(host, engine.delayMillis);
  const parse = parseOnce(engine, query);
  for (let attempt = 1; ; attempt += 1) {
    const result = await get(context, engine, { parse, request, robots: obeyRobots ? context.robots : undefined });
    signal.throwIfAborted();
    let answer: EngineResponse = { ok: false, failure: result as HttpFailure };
    // One slow answer of an engine must not end its listing.
    let again = !result.ok && (result.transient || (result.outcome === 'timeout' && attempt === 1));
    let stated = result.ok ? undefined : result.retryAfterMillis;
    if (result.ok) {
      const { headers } = result;
      const page = parse(result);
      stated = retryAfterMillis(headers['retry-after'], clock.now()) ?? page.retryAfterMillis;
      again = page.class === 'rate_limited';
      answer = { ok: true, page, body: result.body, retryAfterMillis: stated };
    }
    const waitMillis = stated ?? backOffMillis(retry, context.random, request.url, attempt);
    if (!again || attempt >= retry.attempts || waitMillis > retry.maxWaitMillis) return answer;
    rateLimiter.holdBack(host, waitMillis);
    await clock.wait(waitMillis, signal);
  }
}

interface Asking {
  readonly request: EngineRequest;
  readonly robots: RobotsPolicy | undefined;
  readonly parse: (answer: HttpResponse) => ParsedPage;
}

/** An answer is looked at within its turn and after it, and read once. */
function parseOnce(engine: Engine, query: string): Asking['parse'] {
  const pages = new WeakMap<HttpResponse, ParsedPage>();
  return (answer) => {
    const { status, headers, finalUrl: url } = answer;
    const page = pages.get(answer) ?? engine.parse(answer.body.toString('utf8'), { status, headers, url, query });
    pages.set(answer, page);
    return page;
  };
}

function get(
  { rateLimiter, http, browser, signal, suspensionOf, clock }: CrawlContext,
  engine: Engine,
  { parse, request, robots }: Asking,
): Promise<HttpResult> {
  const { origin, protocol } = new URL(request.url);
  const refusals: readonly Refusal[] = [
    // Whoever listens on the way would read the query, and the key of engines that have it in their URL.
    (url) =>
      Promise.resolve(
        protocol === 'https:' && url.protocol !== 'https:'
          ? httpFailure('address_refused', `${engine.name} led from https to http://${url.host}`)
          : undefined,
      ),
    ...(robots === undefined ? [] : [(url: URL) => robots.refusal(url)]),
  ];
  const throttle = new HostThrottle({
    rateLimiter,
    refusals,
    // Others may have been refused while this request waited for its turn.
    async beforeSend({ host }) {
      const until = await suspensionOf?.(engine.name);
      if (until === undefined) return undefined;
      const retryAfterMillis = Math.max(0, until.getTime() - clock.now());
      return httpFailure('rate_limited', `${engine.name} is left alone`, { retryAfterMillis, host });
    },
    // Whoever is next in line must not ask before this response was thought over.
    onResponse(response, { host }) {
      // What a browser is sent is no page yet.
      if (engine.transport === 'browser') return;
      const page = parse(response);
      const millis = page.class === 'token' ? undefined : suspensionMillis(page.class, page.retryAfterMillis);
      if (millis !== undefined && page.class !== 'rate_limited')
        rateLimiter.holdBack(host, Math.min(millis, THINKING_MILLIS));
    },
  });
  const wanted = {
    url: request.url,
    // A key may be among them.
    headersFor: (url: URL) => (url.origin === origin ? (request.headers ?? {}) : {}),
    maxBytes: MAX_PAGE_BYTES,
    signal,
    throttle,
  };
  if (engine.transport === 'http' || browser === undefined) return http.get(wanted);
  // A page and its scripts are asked for in one turn of the host, as every browser does.
  const partThrottle: Throttle = { run: async (url, send) => (await firstRefusal(refusals, url)) ?? send() };
  return browser.load({ ...wanted, partThrottle });
}

/** A token, then the results. */
const MAX_STEPS = 2;

export interface PageQuery {
  readonly text: string;
  /** Null for the first page. */
  readonly cursor: JsonValue;
  readonly filters: SearchFilters;
}

/** Asks for a page of results; where the engine gives a token first, for the token and then for the page. */
export async function askInSteps(context: CrawlContext, engine: Engine, query: PageQuery): Promise<EngineResponse> {
  const apiKey = context.apiKeys[engine.name];
  let { cursor } = query;
  for (let step = 1; ; step += 1) {
    const request = engine.request({ ...query, cursor, ...(apiKey === undefined ? {} : { apiKey }) });
    const answer = await askEngine(context, engine, { query: query.text, request });
    if (!answer.ok || answer.page.class !== 'token' || step === MAX_STEPS) return answer;
    cursor = answer.page.next;
  }
}
