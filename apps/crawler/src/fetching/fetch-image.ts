import { createHash } from 'node:crypto';
import { RETRYABLE_OUTCOMES } from '@winnow/contracts';
import type { DueFetch, FetchedImage } from '@winnow/db';
import { analyseAndSquare, analyseImage } from '@winnow/imaging';
import type { ImageRefusal, SquaredAnalysis } from '@winnow/imaging';
import { httpFailure } from '../http/http-result';
import type { HttpResponse, HttpFailure } from '../http/http-result';
import { retryAfterMillis } from '../http/retry-after';
import type { CrawlContext } from '../jobs/crawl-context';
import { pageAddress } from '../opt-out/page-policy';
import { backOffMillis, laterTryMillis } from '../politeness/back-off';

/** What came of one image URL. */
export type ImageFetch =
  | {
      readonly ok: true;
      /** Null: the server says that the copy of an earlier fetch is still right. */
      readonly download: {
        readonly image: FetchedImage;
        readonly bytes: Buffer;
        /** As the next build wants it; null where it is to encode it. */
        readonly square: Uint8Array | null;
      } | null;
      readonly response: HttpResponse;
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
 * Downloads one image, checks that it may be used and that it decodes in full. Tries again within the run where the
 * failure may pass: after Retry-After or a back-off, once with the page as Referer after a 403. Of an image that is
 * stored already only a changed one is downloaded. Rejects only when the crawl is aborted.
 * @param begin called and waited for before each request
 */
export async function fetchImage(
  context: CrawlContext,
  due: DueFetch,
  begin: () => Promise<void>,
): Promise<ImageFetch> {
  const { retry, rateLimiter, signal } = context;
  const optOut = await context.optOuts.ofPage(due);
  signal.throwIfAborted();
  if (optOut !== undefined) return giveUp(optOut, due.attempts);
  const validators = await validatorsOf(context, due);
  let referer: string | undefined;
  for (let attempt = 1; ; attempt += 1) {
    const result = await requestOnce(context, due, { validators, referer, begin });
    signal.throwIfAborted();
    // Of the requests for a copy that is stored only those since then count.
    if ('download' in result)
      return { ok: true, ...result, requests: attempt + (due.sha256 === null ? due.attempts : 0) };
    if (result.outcome === 'forbidden' && referer === undefined) {
      referer = pageAddress(due.pageUrl);
      if (referer !== undefined) continue;
    }
    const waitMillis = result.retryAfterMillis ?? backOffMillis(retry, context.random, due.canonicalUrl, attempt);
    const host = result.host ?? new URL(due.canonicalUrl).host;
    if (asksToWait(result)) rateLimiter.holdBack(host, waitMillis);
    if (!result.transient || attempt >= retry.attempts || waitMillis > retry.maxWaitMillis) {
      return giveUp(result, due.attempts + attempt);
    }
    await context.clock.wait(waitMillis, signal);
  }
}

/** Unreadable rules forbid requests by themselves, wherever a redirect led to. */
function asksToWait({ outcome, retryAfterMillis: stated }: HttpFailure): boolean {
  return outcome === 'rate_limited' || (stated !== undefined && outcome !== 'robots_disallowed');
}

type Validators = Readonly<Record<string, string>>;

/** Headers that ask for a changed image only; none where there is no whole copy to fall back on. */
async function validatorsOf({ blobs }: CrawlContext, due: DueFetch): Promise<Validators> {
  if (due.sha256 === null || (due.etag === null && due.lastModified === null)) return {};
  if (!(await blobs.holds(due.sha256))) return {};
  return {
    ...(due.etag === null ? {} : { 'if-none-match': due.etag }),
    ...(due.lastModified === null ? {} : { 'if-modified-since': due.lastModified }),
  };
}

function giveUp(failure: HttpFailure, requests: number): ImageFetch {
  const mayPass = RETRYABLE_OUTCOMES.has(failure.outcome) || failure.retryAfterMillis !== undefined;
  const nextTryMillis = mayPass && requests < MAX_REQUESTS ? nextTry(failure, requests) : null;
  return { ok: false, failure, requests, nextTryMillis };
}

function nextTry(failure: HttpFailure, requests: number): number {
  // Not within this crawl, which would try again and again.
  return Math.max(failure.retryAfterMillis ?? 0, laterTryMillis(Math.floor(requests / 5)));
}

interface RequestOptions {
  readonly validators: Validators;
  readonly referer: string | undefined;
  readonly begin: () => Promise<void>;
}

type Downloaded = Pick<Extract<ImageFetch, { ok: true }>, 'download' | 'response'>;

async function requestOnce(
  context: CrawlContext,
  due: DueFetch,
  { validators, referer, begin }: RequestOptions,
): Promise<HttpFailure | Downloaded> {
  const lease = context.http.leaseBody();
  try {
    const result = await context.http.get({
      url: due.canonicalUrl,
      headers: { accept: ACCEPT, ...(referer === undefined ? {} : { referer }) },
      // The tag of one URL may by chance be that of another, too.
      headersFor: (url) => (url.href === due.finalUrl ? validators : {}),
      maxBytes: context.harvest.maxBytes,
      signal: context.signal,
      lease,
      throttle: context.optOuts.throttle(async () => {
        await begin();
        return undefined;
      }),
    });
    if (!result.ok) return result;
    const isUnchanged = result.status === 304 && result.finalUrl === due.finalUrl && Object.keys(validators).length > 0;
    const refused = isUnchanged ? context.optOuts.ofAnswer(result) : refusedResponse(context, result);
    if (refused !== undefined) return refused;
    if (isUnchanged) return { download: null, response: result };
    const bytes = result.body;
    const found = await analyse(context, bytes);
    if (!found.ok) return httpFailure(found.outcome, found.detail, { status: result.status });
    const { mime, width, height, pixelSha256, pdq, pdqQuality, measures, descriptor, square } = found;
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const image = {
      sha256,
      sizeBytes: bytes.length,
      mime,
      width,
      height,
      pixelSha256,
      pdq,
      pdqQuality,
      measures,
      descriptor,
    };
    return { download: { image, bytes, square }, response: result };
  } finally {
    lease.release();
  }
}

/** Downloads wait while too many bytes wait here. */
async function analyse(
  { encoded, harvest: limits, signal, undecoded, decoding }: CrawlContext,
  bytes: Buffer,
): Promise<SquaredAnalysis | ImageRefusal> {
  const release = undecoded.take(bytes.length);
  try {
    return await decoding.run(async () => {
      if (encoded !== null && !encoded.cache.isBroken)
        return analyseAndSquare(bytes, { limits, options: encoded.settings, signal });
      const found = await analyseImage(bytes, limits, signal);
      return found.ok ? { ...found, square: null } : found;
    });
  } finally {
    release();
  }
}

/** What status and headers say on their own. */
function refusedResponse(context: CrawlContext, response: HttpResponse): HttpFailure | undefined {
  const { status, headers } = response;
  if (status >= 200 && status < 300) {
    const optOut = context.optOuts.ofAnswer(response);
    if (optOut !== undefined) return optOut;
    return response.body.length === 0 ? httpFailure('empty_body', `status ${status}, no bytes`, { status }) : undefined;
  }
  const after = retryAfterMillis(headers['retry-after'], context.clock.now());
  const { host } = new URL(response.finalUrl);
  const wait = after === undefined ? { host } : { host, retryAfterMillis: after };
  const detail = `status ${status}`;
  if (status === 404 || status === 410) return httpFailure('gone', detail, { status });
  if (status === 429) return httpFailure('rate_limited', detail, { status, transient: true, ...wait });
  if (status >= 500 || status === 408 || status === 425) {
    return httpFailure('server_error', detail, { status, transient: true, ...wait });
  }
  return httpFailure('forbidden', detail, { status });
}
