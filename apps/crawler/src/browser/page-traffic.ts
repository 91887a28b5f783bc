import type { Page, Request, Route } from 'playwright';
import type { HttpResponse, HttpResult } from '../http/http-result';

/** Everything else (images, media, fonts, styles, beacons) is not needed to read a page. */
const WANTED_TYPES: ReadonlySet<string> = new Set(['document', 'script', 'xhr', 'fetch']);
/** Of the answer; cookies are not among them, so that none is ever kept. */
const PASSED_HEADERS = [
  'content-type',
  'content-security-policy',
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'x-content-type-options',
];
/** Of the page's request. */
const SENT_HEADERS = ['accept', 'accept-language', 'referer', 'x-requested-with'];

export interface PageTrafficOptions {
  /** Answer to the first request for the page. */
  readonly first: HttpResponse;
  readonly maxParts: number;
  /** Gets a document or a part of one. */
  get(url: string, kind: 'document' | 'part', headers: Readonly<Record<string, string>>): Promise<HttpResult>;
}

/** Answers the requests of one page in the place of a network. */
export class PageTraffic {
  readonly #options: PageTrafficOptions;
  #isFirst = true;
  #parts = 0;
  /** The document that the page shows. */
  document: HttpResponse;

  constructor(options: PageTrafficOptions) {
    this.#options = options;
    this.document = options.first;
  }

  async attach(page: Page): Promise<void> {
    const context = page.context();
    // A page that has gone needs no answer.
    await context.route(
      () => true,
      (route) => this.#answer(page, route).catch(() => undefined),
    );
    await context.routeWebSocket(
      () => true,
      (socket) => void socket.close(),
    );
  }

  async #answer(page: Page, route: Route): Promise<void> {
    const request = route.request();
    const isPage = request.isNavigationRequest() && request.frame() === page.mainFrame();
    const result = await this.#result(request, isPage);
    // A document that is given up for this reason leaves the one before in its place.
    if (result === undefined || !result.ok) return route.abort('aborted');
    if (isPage) this.document = result;
    await route.fulfill({
      status: result.status,
      headers: pick(result.headers, PASSED_HEADERS),
      body: result.body,
    });
  }

  async #result(request: Request, isPage: boolean): Promise<HttpResult | undefined> {
    if (isPage && this.#isFirst) {
      this.#isFirst = false;
      return this.#options.first;
    }
    if (request.method() !== 'GET' || !WANTED_TYPES.has(request.resourceType())) return undefined;
    this.#parts += 1;
    if (this.#parts > this.#options.maxParts) return undefined;
    const kind = request.resourceType() === 'document' ? 'document' : 'part';
    return this.#options.get(request.url(), kind, pick(request.headers(), SENT_HEADERS));
  }
}

function pick(headers: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}
