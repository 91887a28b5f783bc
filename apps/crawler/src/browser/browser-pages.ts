import { Semaphore } from '@winnow/contracts';
import type { HttpClient, Throttle } from '../http/http-client';
import { httpFailure } from '../http/http-result';
import type { HttpResponse, HttpResult } from '../http/http-result';
import { DEFAULT_BROWSER_LIMITS } from './browser-limits';
import type { BrowserLimits } from './browser-limits';
import { renderPage } from './render-page';

export interface BrowserPagesOptions {
  /** The one way out: the browser itself has no network. */
  readonly http: Pick<HttpClient, 'get'>;
  readonly userAgent: string;
  /** Path of Chromium; asked when the first page needs it. @throws WinnowError ENGINE_UNAVAILABLE */
  readonly findChromium: () => string;
  readonly limits?: Partial<BrowserLimits>;
}

export interface BrowserRequest {
  readonly url: string;
  /** Of the first request. */
  readonly headersFor?: (url: URL) => Readonly<Record<string, string>>;
  /** Of each body, and of the finished page. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /** Of documents. */
  readonly throttle: Throttle;
  /** Of what the scripts of a document request. */
  readonly partThrottle: Throttle;
}

/** Loads pages in a real browser; each page gets a browser of its own, which has ended when the page is returned. */
export interface BrowserPages {
  /** Failures are values. @throws WinnowError ENGINE_UNAVAILABLE when there is no Chromium */
  load(request: BrowserRequest): Promise<HttpResult>;
}

/**
 * A browser whose every request goes through our own client: the address guard, stand-ins, limits and robots.txt hold
 * for it as for any other request, and nothing but the engine's own site is asked. Cookies are neither sent nor kept.
 */
export function createBrowserPages(options: BrowserPagesOptions): BrowserPages {
  const limits = { ...DEFAULT_BROWSER_LIMITS, ...options.limits };
  const { http, userAgent } = options;
  // Browsers are large: one at a time.
  const turns = new Semaphore(1);
  return {
    async load({ url: address, headersFor, maxBytes, signal, throttle, partThrottle }) {
      const executablePath = options.findChromium();
      const site = engineSite(new URL(address));
      const throttles = { document: onSiteOnly(site, throttle), part: onSiteOnly(site, partThrottle) };
      const first = await http.get({
        url: address,
        ...(headersFor === undefined ? {} : { headersFor }),
        maxBytes,
        signal,
        throttle: throttles.document,
      });
      // Without scripts there is nothing for a browser to do.
      if (!first.ok || first.status >= 400 || !isHtml(first) || signal.aborted) return first;
      return turns.run(() =>
        withinTime(limits.totalTimeoutMillis, signal, (limited) =>
          renderPage({
            first,
            get: (url, kind, sent) =>
              http.get({ url, headers: sent, maxBytes, signal: limited, throttle: throttles[kind] }),
            executablePath,
            userAgent,
            limits,
            maxBytes,
            signal: limited,
          }),
        ),
      );
    },
  };
}

async function withinTime(
  timeoutMillis: number,
  outer: AbortSignal,
  task: (signal: AbortSignal) => Promise<HttpResult>,
): Promise<HttpResult> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), timeoutMillis);
  try {
    const result = await task(AbortSignal.any([outer, timeout.signal]));
    // Whatever came of it, this is why.
    return timeout.signal.aborted ? httpFailure('timeout', `page not complete in ${timeoutMillis} ms`) : result;
  } finally {
    clearTimeout(timer);
  }
}

/** Leaves other sites alone, wherever a page or a redirect leads. */
function onSiteOnly(site: string, throttle: Throttle): Throttle {
  return {
    run: (url, send) =>
      isOnSite(url, site)
        ? throttle.run(url, send)
        : Promise.resolve(httpFailure('address_refused', `${url.host} is not on the site ${site}`)),
  };
}

function isHtml({ headers }: HttpResponse): boolean {
  return /^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(headers['content-type'] ?? 'text/html');
}

/** The host that an engine's pages belong to: without the `www.` that only its front page has. */
export function engineSite(url: URL): string {
  return url.hostname.replace(/^www\./, '');
}

/** Whether an address is on a site or on a subdomain of it. */
export function isOnSite(url: URL, site: string): boolean {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return false;
  return url.hostname === site || url.hostname.endsWith(`.${site}`);
}
