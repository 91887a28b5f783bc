import { backOffMillis } from './back-off';
import type { CrawlContext } from './crawl-context';
import type { Engine, EngineRequest, ParsedPage } from './engines/engine';
import type { HttpFailure, HttpResult } from './http/http-result';
import { retryAfterMillis } from './http/retry-after';
import { politeHop } from './polite-hop';
import type { RobotsPolicy } from './robots/robots-policy';

const MAX_PAGE_BYTES = 20_000_000;

/** An engine's answer, or why there was none. */
export type EngineAnswer =
  | {
      readonly ok: true;
      readonly page: ParsedPage;
      readonly body: Buffer;
      readonly retryAfterMillis: number | undefined;
    }
  | { readonly ok: false; readonly failure: HttpFailure };

/** Puts one request to an engine; waits and asks again where that is short and may help. */
export async function askEngine(
  context: CrawlContext,
  engine: Engine,
  { query, request }: { readonly query: string; readonly request: EngineRequest },
): Promise<EngineAnswer> {
  const { retry, clock, signal, gate } = context;
  // Official interfaces are made for programs; of pages made for people robots.txt has a say.
  const obeyRobots = engine.kind === 'scraped' && context.harvest.respectRobots;
  const { host, hostname } = new URL(request.url);
  // A stand-in on this machine is no engine.
  if (!Object.hasOwn(context.harvest.resolve, hostname)) gate.slowDown(host, engine.delayMillis);
  for (let attempt = 1; ; attempt += 1) {
    const result = await get(context, engine, { request, robots: obeyRobots ? context.robots : undefined });
    signal.throwIfAborted();
    let answer: EngineAnswer = { ok: false, failure: result as HttpFailure };
    // One slow answer of an engine must not end its listing.
    let again = !result.ok && (result.transient || (result.outcome === 'timeout' && attempt === 1));
    let stated = result.ok ? undefined : result.retryAfterMillis;
    if (result.ok) {
      const { status, headers, finalUrl: url } = result;
      const page = engine.parse(result.body.toString('utf8'), { status, headers, url, query });
      stated = retryAfterMillis(headers['retry-after'], clock.now()) ?? page.retryAfterMillis;
      again = page.class === 'rate_limited';
      answer = { ok: true, page, body: result.body, retryAfterMillis: stated };
    }
    const waitMillis = stated ?? backOffMillis(retry, context.random, request.url, attempt);
    if (!again || attempt >= retry.attempts || waitMillis > retry.maxWaitMillis) return answer;
    gate.holdBack(host, waitMillis);
    await clock.wait(waitMillis, signal);
  }
}

function get(
  { gate, http, browser, signal }: CrawlContext,
  engine: Engine,
  { request, robots }: { readonly request: EngineRequest; readonly robots: RobotsPolicy | undefined },
): Promise<HttpResult> {
  const wanted = { ...request, maxBytes: MAX_PAGE_BYTES, signal, aroundHop: politeHop(gate, robots) };
  if (engine.transport === 'http' || browser === undefined) return http.get(wanted);
  // A page and its scripts are asked for in one turn of the host, as every browser does.
  return browser.load({ ...wanted, aroundPart: async (url, send) => (await robots?.refusal(url)) ?? send() });
}
