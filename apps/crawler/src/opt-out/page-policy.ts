import { parseUrl } from '@winnow/contracts';
import { LRUCache } from 'lru-cache';
import type { HttpClient } from '../http/http-client';
import { httpFailure } from '../http/http-result';
import type { HttpResponse, HttpFailure } from '../http/http-result';
import { retryAfterMillis } from '../http/retry-after';
import { AGENT } from '../jobs/harvest-options';
import type { Clock } from '../politeness/clock';
import type { HostRateLimiter } from '../politeness/host-rate-limiter';
import type { RobotsPolicy } from '../politeness/robots-policy';
import { HostThrottle } from '../politeness/throttle';
import { pageOptOut } from './page-opt-out';

export interface PagePolicyOptions {
  readonly http: HttpClient;
  readonly rateLimiter: HostRateLimiter;
  readonly robots: RobotsPolicy;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly respectTdm: boolean;
  /** Default: 10,000. */
  readonly maxPages?: number;
}

/** The head of a page is at its start. */
const MAX_PAGE_BYTES = 1_000_000;
const MAX_PAGES = 10_000;
const ACCEPT = 'text/html,application/xhtml+xml,*/*;q=0.1';

/** What the pages that show images say about their use. A page is asked once while it is remembered. */
export class PagePolicy {
  readonly #options: PagePolicyOptions;
  /** By address, what forbids to use the images; empty where nothing does. */
  readonly #pages: LRUCache<string, string>;

  constructor(options: PagePolicyOptions) {
    this.#options = options;
    this.#pages = new LRUCache({
      max: options.maxPages ?? MAX_PAGES,
      // Whoever asked is told, also when so many others asked meanwhile that it is not kept.
      ignoreFetchAbort: true,
      fetchMethod: async (page) => (await this.#read(page)) ?? '',
    });
  }

  /** The failure that images of this page come to; undefined when what can be had of it forbids nothing. */
  async refusal(page: string): Promise<HttpFailure | undefined> {
    const found = await this.#pages.forceFetch(page);
    return found === '' ? undefined : httpFailure('opted_out', `its page: ${found}`);
  }

  async #read(page: string): Promise<string | undefined> {
    const { http, rateLimiter, robots, signal, respectTdm } = this.#options;
    const response = await http.get({
      url: page,
      headers: { accept: ACCEPT },
      maxBytes: MAX_PAGE_BYTES,
      overflow: 'cut',
      signal,
      throttle: new HostThrottle({ rateLimiter, refusals: [(url) => robots.refusal(url)] }),
    });
    signal.throwIfAborted();
    if (!response.ok) return undefined;
    if (response.status < 200 || response.status >= 300) {
      this.#holdBackIfAsked(response);
      return undefined;
    }
    return pageOptOut(response, { agent: AGENT, respectTdm });
  }

  #holdBackIfAsked({ headers, finalUrl }: HttpResponse): void {
    const { rateLimiter, clock } = this.#options;
    const waitMillis = retryAfterMillis(headers['retry-after'], clock.now());
    if (waitMillis !== undefined) rateLimiter.holdBack(new URL(finalUrl).host, waitMillis);
  }
}

/** The address of a page as a request may name it: http(s), ASCII, without credentials and fragment. */
export function pageAddress(pageUrl: string | null): string | undefined {
  const url = parseUrl(pageUrl ?? '');
  if (url === undefined) return undefined;
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  url.username = '';
  url.password = '';
  url.hash = '';
  return url.href;
}
