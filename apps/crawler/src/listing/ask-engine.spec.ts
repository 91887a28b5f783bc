import { SeededRandom } from '@winnow/random';
import { askEngine } from './ask-engine';
import type { BrowserRequest } from '../browser/browser-pages';
import type { CrawlContext } from '../jobs/crawl-context';
import { braveApi } from '../engines/brave-api';
import type { Engine } from '../engines/engine';
import { HostRateLimiter } from '../politeness/host-rate-limiter';
import { DEFAULT_RETRY } from '../jobs/harvest-options';
import { HttpClient } from '../http/http-client';
import type { HttpRequest } from '../http/http-client';
import { DEFAULT_HTTP_LIMITS } from '../http/http-limits';
import { httpFailure } from '../http/http-result';
import type { HttpResponse } from '../http/http-result';
import { startLoopbackServer } from '../spec-support/loopback-server';
import type { LoopbackServer } from '../spec-support/loopback-server';
import { TestClock } from '../spec-support/test-clock';

const answer = (text: string): HttpResponse => ({
  ok: true,
  status: 200,
  headers: {},
  robotsTags: [],
  body: Buffer.from(text),
  finalUrl: 'http://engine.test/page',
});

function contextWith(respectRobots: boolean, resolve: Readonly<Record<string, string>> = {}) {
  const clock = new TestClock();
  const { signal } = new AbortController();
  const asked: { by: 'http' | 'browser'; request: HttpRequest & Partial<BrowserRequest> }[] = [];
  const via = (by: 'http' | 'browser') => (request: HttpRequest) => {
    asked.push({ by, request });
    return Promise.resolve(answer(by));
  };
  const context = {
    harvest: { respectRobots, resolve },
    retry: DEFAULT_RETRY,
    clock,
    random: new SeededRandom(1),
    signal,
    rateLimiter: new HostRateLimiter({ clock, signal, delayMillis: 0, perHost: 1, concurrency: 1, maxHoldMillis: 0 }),
    robots: { refusal: () => Promise.resolve(httpFailure('robots_disallowed', 'all')) },
    http: { get: via('http') },
    browser: { load: via('browser') },
  } as unknown as CrawlContext;
  return { context, asked, clock };
}

const engine = (transport: Engine['transport']): Engine =>
  ({
    kind: 'scraped',
    transport,
    delayMillis: 5000,
    parse: (body: string, meta: { url: string }) => ({ class: 'empty', hits: [], next: `${body} ${meta.url}` }),
  }) as unknown as Engine;

const ASKED = { query: 'cat', request: { url: 'http://engine.test/search' } };

describe('askEngine', () => {
  it.each(['http', 'browser'] as const)('asks by %s those engines that need it', async (transport) => {
    const { context, asked } = contextWith(true);
    const result = await askEngine(context, engine(transport), ASKED);
    expect(asked.map(({ by }) => by)).toEqual([transport]);
    expect(result).toMatchObject({ ok: true, page: { next: `${transport} http://engine.test/page` } });
  });

  it('leaves an engine its own time between two requests, which a stand-in does not need', async () => {
    const waits = async (resolve: Readonly<Record<string, string>>) => {
      const { context, clock } = contextWith(true, resolve);
      await askEngine(context, engine('http'), ASKED);
      await context.rateLimiter.run('engine.test', () => Promise.resolve());
      await context.rateLimiter.run('engine.test', () => Promise.resolve());
      return clock.waited;
    };
    expect((await waits({})).reduce((sum, millis) => sum + millis, 0)).toBeGreaterThanOrEqual(5000);
    expect(await waits({ 'engine.test': '127.0.0.1:1' })).toEqual([]);
  });

  it.each([
    ['http', 'is held back from'],
    ['browser', 'goes on, as what a browser is sent is no page yet, with'],
  ] as const)('after a refusal by %s the next in line %s the host', async (transport, _what) => {
    const { context, asked } = contextWith(false);
    const drifted: Engine = {
      ...engine(transport),
      parse: () => ({ class: 'format_drift', hits: [], next: null }),
    };
    await askEngine(context, drifted, ASKED);
    await asked[0]?.request.throttle?.run(new URL('http://other.test/'), () => Promise.resolve(answer('sent')));
    const next = context.rateLimiter.run('other.test', () => Promise.resolve('sent'));
    if (transport === 'http') await expect(next).rejects.toThrow('asked to wait');
    else expect(await next).toBe('sent');
  });

  describe('an engine with a key that redirects', () => {
    let server: LoopbackServer;
    let locations: readonly string[];
    /** Key and URL of each request. */
    const received: (readonly [string | undefined, string])[] = [];
    beforeAll(async () => {
      server = await startLoopbackServer((request, response) => {
        const { host, 'x-subscription-token': key } = request.headers;
        received.push([key === undefined ? undefined : String(key), `${host}${request.url}`]);
        const location = locations[received.length - 1];
        if (location === undefined) response.end('{}');
        else response.writeHead(302, { location }).end();
      });
    });
    afterAll(() => server.close());
    beforeEach(() => received.splice(0));

    async function ask(redirects: readonly string[]) {
      locations = redirects;
      const resolve = { 'api.search.brave.com': server.address, 'evil.test': server.address };
      const { context } = contextWith(true, resolve);
      const http = new HttpClient({ userAgent: 'test', resolve, loopbackOnly: true, limits: DEFAULT_HTTP_LIMITS });
      const request = braveApi.request({
        text: 'cat',
        cursor: null,
        filters: { licenses: 'any', safe: 'off' },
        apiKey: 'secret',
      });
      try {
        return await askEngine({ ...context, http }, braveApi, { query: 'cat', request });
      } finally {
        await http.close();
      }
    }

    it('keeps the key on the origin of the engine', async () => {
      await ask(['https://api.search.brave.com/other', 'https://evil.test/collect', 'https://evil.test/again']);
      expect(received.map(([key]) => key)).toEqual(['secret', 'secret', undefined, undefined]);
      expect(received.at(-1)?.[1]).toBe('evil.test/again');
    });

    it.each(['http://evil.test/collect', 'http://api.search.brave.com/other'])('does not follow to %s', async (url) => {
      expect(await ask([url])).toMatchObject({ ok: false, failure: { outcome: 'address_refused' } });
      expect(received).toHaveLength(1);
    });
  });

  it('asks by http where there is no browser', async () => {
    const { context, asked } = contextWith(true);
    const { browser: _browser, ...without } = context;
    await askEngine(without, engine('browser'), ASKED);
    expect(asked.map(({ by }) => by)).toEqual(['http']);
  });

  it('obeys robots.txt for a page and for its parts, unless told otherwise', async () => {
    const send = () => Promise.resolve(answer('sent'));
    const url = new URL('http://engine.test/part');
    const outcomes = async (respectRobots: boolean) => {
      const { context, asked } = contextWith(respectRobots);
      await askEngine(context, engine('browser'), ASKED);
      const request = asked[0]?.request;
      return [await request?.throttle?.run(url, send), await request?.partThrottle?.run(url, send)];
    };
    const refused = expect.objectContaining({ ok: false, outcome: 'robots_disallowed' });
    expect(await outcomes(true)).toEqual([refused, refused]);
    expect(await outcomes(false)).toEqual([answer('sent'), answer('sent')]);
  });
});
