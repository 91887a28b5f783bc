import { createHash } from 'node:crypto';
import { RETRYABLE_OUTCOMES } from '@winnow/contracts';
import type { DueFetch, FetchedImage } from '@winnow/db';
import { decodeImage } from '@winnow/imaging';
import { backOffMillis, laterTryMillis } from './back-off';
import type { CrawlContext } from './crawl-context';
import { AGENT } from './harvest-options';
import { httpFailure } from './http/http-result';
import type { HttpAnswer, HttpFailure, HttpResult } from './http/http-result';
import { retryAfterMillis } from './http/retry-after';
import { robotsTagRefusal } from './http/robots-tag';
import { politeHop } from './polite-hop';

/** What came of one image URL. */
export type ImageFetch =
  | {
      readonly ok: true;
      readonly image: FetchedImage;
      readonly bytes: Buffer;
      readonly answer: HttpAnswer;
      readonly requests: number;
    }
  | {
      readonly ok: false;
      readonly failure: HttpFailure;
      readonly requests: number;
      /** From now; null: no other try would end otherwise. */
      readonly nextTryMillis: number | null;
    };

/** Most requests for one URL, all runs together, before it is given up. */
const MAX_REQUESTS = 40;
const ACCEPT = 'image/avif,image/webp,image/png,image/jpeg,image/*;q=0.8,*/*;q=0.5';

/**
 * Downloads one picture, checks that it may be used and that it decodes in full. Tries again within the run where the
 * failure may pass: after Retry-After or a back-off, once with the page as Referer after a 403.
 * Rejects only when the crawl is aborted.
 */
export async function fetchImage(context: CrawlContext, due: DueFetch): Promise<ImageFetch> {
  const { retry, gate, signal } = context;
  let referer: string | undefined;
  for (let attempt = 1; ; attempt += 1) {
    const result = await requestOnce(context, due.canonicalUrl, referer);
    signal.throwIfAborted();
    if ('image' in result) return { ok: true, ...result, requests: due.attempts + attempt };
    if (result.outcome === 'forbidden' && referer === undefined) {
      referer = refererOf(due.pageUrl);
      if (referer !== undefined) continue;
    }
    const waitMillis = result.retryAfterMillis ?? backOffMillis(retry, context.random, due.canonicalUrl, attempt);
    const host = new URL(due.canonicalUrl).host;
    if (result.outcome === 'rate_limited') gate.holdBack(host, waitMillis);
    if (!result.transient || attempt >= retry.attempts || waitMillis > retry.maxWaitMillis) {
      return giveUp(result, due.attempts + attempt);
    }
    await context.clock.wait(waitMillis, signal);
  }
}

/** The page's address as a header may hold it: ASCII, without credentials and fragment. */
function refererOf(pageUrl: string | null): string | undefined {
  if (pageUrl === null || !URL.canParse(pageUrl)) return undefined;
  const url = new URL(pageUrl);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  url.username = '';
  url.password = '';
  url.hash = '';
  return url.href;
}

function giveUp(failure: HttpFailure, requests: number): ImageFetch {
  const mayPass = RETRYABLE_OUTCOMES.has(failure.outcome) || failure.retryAfterMillis !== undefined;
  const nextTryMillis = mayPass && requests < MAX_REQUESTS ? nextTry(failure, requests) : null;
  return { ok: false, failure, requests, nextTryMillis };
}

function nextTry(failure: HttpFailure, requests: number): number {
  return failure.retryAfterMillis ?? laterTryMillis(Math.floor(requests / 5));
}

async function requestOnce(
  context: CrawlContext,
  url: string,
  referer: string | undefined,
): Promise<HttpFailure | { image: FetchedImage; bytes: Buffer; answer: HttpAnswer }> {
  const result = await context.http.get({
    url,
    headers: { accept: ACCEPT, ...(referer === undefined ? {} : { referer }) },
    maxBytes: context.harvest.maxBytes,
    signal: context.signal,
    aroundHop: politeHop(context.gate, context.harvest.respectRobots ? context.robots : undefined),
  });
  const refused = refusedAnswer(context, result);
  if (refused !== undefined || !result.ok) return refused ?? (result as HttpFailure);
  const bytes = result.body;
  const decoded = await context.decoding.run(() => decodeImage(bytes, context.harvest));
  if (!decoded.ok) return httpFailure(decoded.outcome, decoded.detail, { status: result.status });
  return {
    image: {
      sha256: createHash('sha256').update(bytes).digest('hex'),
      sizeBytes: bytes.length,
      mime: `image/${decoded.format}`,
      width: decoded.image.width,
      height: decoded.image.height,
    },
    bytes,
    answer: result,
  };
}

/** What status and headers say on their own. */
function refusedAnswer(context: CrawlContext, result: HttpResult): HttpFailure | undefined {
  if (!result.ok) return result;
  const { status, headers, robotsTags } = result;
  if (status >= 200 && status < 300) {
    const optOut = context.harvest.respectRobots ? optOutOf(robotsTags, headers) : undefined;
    if (optOut !== undefined) return httpFailure('opted_out', optOut, { status });
    return result.body.length === 0 ? httpFailure('empty_body', `status ${status}, no bytes`, { status }) : undefined;
  }
  const after = retryAfterMillis(headers['retry-after'], context.clock.now());
  const wait = after === undefined ? {} : { retryAfterMillis: after };
  const detail = `status ${status}`;
  if (status === 404 || status === 410) return httpFailure('gone', detail, { status });
  if (status === 429) return httpFailure('rate_limited', detail, { status, transient: true, ...wait });
  if (status >= 500 || status === 408 || status === 425) {
    return httpFailure('server_error', detail, { status, transient: true, ...wait });
  }
  return httpFailure('forbidden', detail, { status });
}

function optOutOf(robotsTags: readonly string[], headers: Readonly<Record<string, string>>): string | undefined {
  const directive = robotsTagRefusal(robotsTags, AGENT);
  if (directive !== undefined) return `X-Robots-Tag: ${directive}`;
  return headers['tdm-reservation']?.trim() === '1' ? 'TDM-Reservation: 1' : undefined;
}
