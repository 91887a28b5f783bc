import { createSocket } from 'node:dgram';
import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { google } from '../engines/google';
import { HttpClient } from '../http/http-client';
import type { Throttle } from '../http/http-client';
import { DEFAULT_HTTP_LIMITS } from '../http/http-limits';
import type { HttpResult } from '../http/http-result';
import { userAgent } from '../jobs/harvest-options';
import { itChromium } from '../spec-support/it-chromium';
import { startLoopbackServer } from '../spec-support/loopback-server';
import type { LoopbackServer } from '../spec-support/loopback-server';
import { runningDescendants, stillRunning } from '../spec-support/running-descendants';
import { fixturesAtHand } from '../spec-support/shared-fixtures';
import type { BrowserLimits } from './browser-limits';
import { createBrowserPages, engineSite, isOnSite } from './browser-pages';
import { findChromium } from '@winnow/files/native';

const AGENT = userAgent('owner@test.example');
const RESULTS = Array.from({ length: 12 }, (_, index) => [
  1,
  [
    0,
    `id${index}`,
    ['https://encrypted-tbn0.gstatic.com/images?q=tbn:x', 194, 259],
    [`http://img.test/${index}.jpg`, 480, 640],
    { '2003': [null, `id${index}`, `http://page.test/${index}`, `Cat ${index} кошка`] },
  ],
]);
/** What the engine's own script makes of its data. */
const RESULTS_SCRIPT = `
  const data = ${JSON.stringify([['GRID_STATE0', null, RESULTS]])};
  const script = document.createElement('script');
  script.text = "/* AF_initDataCallback({key: 'ds:1', data:" + JSON.stringify(data) + ', sideChannel: {}}); */';
  document.body.append(script);`;

type Pages = Readonly<Record<string, (response: ServerResponse) => void>>;

const html =
  (body: string, headers: Record<string, string> = {}, status = 200) =>
  (response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(body);
  };
const script =
  (body: string) =>
  (response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'text/javascript' }).end(body);
  };

describe('createBrowserPages', () => {
  let server: LoopbackServer;
  let canary: LoopbackServer;
  let pages: Pages = {};
  const seen: Record<string, unknown>[] = [];
  let http: HttpClient;
  let datagrams = 0;
  const udp = createSocket('udp4').on('message', () => (datagrams += 1));

  beforeAll(async () => {
    server = await startLoopbackServer((request, response) => {
      seen.push({ path: request.url, ...request.headers });
      const page = pages[(request.url ?? '').split('?', 1).join('')];
      if (page === undefined) response.writeHead(404).end();
      else page(response);
    });
    await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve));
    canary = await startLoopbackServer((_, response) => response.end('tweet'));
    http = new HttpClient({
      userAgent: AGENT,
      resolve: {
        'www.google.com': server.address,
        'consent.google.com': server.address,
        'google.com': server.address,
        'elsewhere.test': canary.address,
      },
      loopbackOnly: true,
      limits: DEFAULT_HTTP_LIMITS,
    });
  });
  afterAll(async () => {
    udp.close();
    await http.close();
    await server.close();
    await canary.close();
  });
  beforeEach(() => {
    seen.length = 0;
    datagrams = 0;
    pages = {};
  });

  const URL_ASKED = google.request({ text: 'cat', cursor: null, filters: { licenses: 'any', safe: 'moderate' } }).url;
  const asIs: Throttle = { run: (_, send) => send() };

  async function load(
    more: {
      readonly limits?: Partial<BrowserLimits>;
      readonly signal?: AbortSignal;
      readonly maxBytes?: number;
      readonly partThrottle?: Throttle;
      readonly url?: string;
    } = {},
  ): Promise<HttpResult> {
    const { limits = {}, ...request } = more;
    return createBrowserPages({ http, userAgent: AGENT, limits, findChromium: () => findChromium(process.env) }).load({
      url: URL_ASKED,
      headersFor: () => ({ 'accept-language': 'en-US,en' }),
      maxBytes: 1_000_000,
      signal: new AbortController().signal,
      throttle: asIs,
      partThrottle: asIs,
      ...request,
    });
  }

  async function loadBody(more: Parameters<typeof load>[0] = {}) {
    const result = await load(more);
    if (!result.ok) throw new Error(result.detail);
    const { status, headers, finalUrl: url, body } = result;
    const text = body.toString('utf8');
    return { text, url, headers, parsed: google.parse(text, { status, headers, url, query: 'cat' }) };
  }

  itChromium('returns what the scripts of a page make of it (needs Chromium)', async () => {
    pages = {
      '/search': html('<!doctype html><body><script src="/xjs/results.js"></script></body>', { 'x-served': 'yes' }),
      '/xjs/results.js': script(RESULTS_SCRIPT),
    };
    const { parsed, headers, url } = await loadBody();
    expect(parsed).toMatchObject({ class: 'ok', next: { start: 12 } });
    expect(parsed.hits[11]).toMatchObject({ imageUrl: 'http://img.test/11.jpg', title: 'Cat 11 кошка', width: 640 });
    expect({ headers, url }).toMatchObject({ headers: { 'x-served': 'yes' }, url: URL_ASKED });
    expect(seen.map(({ path }) => path)).toEqual([expect.stringMatching(/^\/search\?/), '/xjs/results.js']);
  });

  itChromium('leaves the data of a page as it is (needs Chromium, reads more with ../shared)', async () => {
    const sample = `<!doctype html><body><script>AF_initDataCallback({key: 'ds:1', data:${JSON.stringify(RESULTS)}});</script>`;
    for (const page of [sample, ...fixturesAtHand(['google/tabby_cat_udm2.html'])]) {
      pages = { '/search': html(page) };
      const { parsed, headers, url } = await loadBody();
      expect(parsed.hits.length).toBeGreaterThanOrEqual(12);
      expect(parsed).toEqual(google.parse(page, { status: 200, headers, url, query: 'cat' }));
    }
  });

  itChromium('says who it is, hides nothing and keeps no cookie (needs Chromium)', async () => {
    pages = {
      '/search': html(`<body><script>document.cookie = 'mine=1';</script><script src="/who.js"></script></body>`, {
        'set-cookie': 'theirs=1; Path=/',
      }),
      '/who.js': script(
        `document.body.append(JSON.stringify({
           agent: navigator.userAgent, webdriver: navigator.webdriver, theirs: document.cookie.includes('theirs') }));
         fetch('/again').catch(() => undefined);`,
      ),
      '/again': html(''),
    };
    const { text } = await loadBody();
    expect(text).toContain(JSON.stringify({ agent: AGENT, webdriver: true, theirs: false }));
    expect(seen).toHaveLength(3);
    for (const headers of seen) {
      expect(headers).toMatchObject({ 'user-agent': AGENT });
      expect(headers).not.toHaveProperty('cookie');
    }
  });

  itChromium('returns a consent page as it is, and the parser names it (needs Chromium)', async () => {
    pages = {
      '/search': html('', { location: 'http://consent.google.com/ml?continue=x' }, 302),
      '/ml': html(
        '<body><form action="https://consent.google.com/save" method="POST"><button>Accept all</form></body>',
      ),
    };
    const { parsed, url } = await loadBody();
    expect(url).toBe('http://consent.google.com/ml?continue=x');
    expect(parsed.class).toBe('consent');
    expect(seen.map(({ path }) => path)).not.toContain('/save');
  });

  itChromium('follows no redirect to another site, however it is written (needs Chromium)', async () => {
    pages = { '/search': html('', { location: 'http://elsewhere.test/' }, 302) };
    expect(await load()).toMatchObject({ ok: false, outcome: 'address_refused' });
    pages = {
      '/search': html('<body>here<script src="/go.js"></script></body>'),
      '/go.js': script(`location.href = 'http://elsewhere.test/';`),
      '/part': html('', { location: 'http://elsewhere.test/' }, 302),
    };
    expect((await loadBody()).text).toContain('here');
    expect(canary.connections).toBe(0);
  });

  itChromium('asks nobody else for anything, by whatever means a page has (needs Chromium)', async () => {
    const there = `http://${canary.address}`;
    pages = {
      '/search': html(
        `<head><link rel="preconnect" href="${there}"><link rel="dns-prefetch" href="${there}">
         <link rel="preload" as="script" href="${there}/p.js"><link rel="stylesheet" href="${there}/s.css">
         <link rel="icon" href="${there}/i.ico"></head>
         <body><img src="${there}/i.png"><img src="http://elsewhere.test/i.png"><script src="${there}/s.js"></script>
         <iframe src="${there}/frame"></iframe><video src="${there}/v.mp4"></video><script src="/try.js"></script></body>`,
      ),
      '/try.js': script(`
        const ignore = () => undefined;
        fetch('${there}/fetch').catch(ignore);
        fetch('/moved').catch(ignore);
        fetch('/part', { method: 'POST', body: 'x' }).catch(ignore);
        navigator.sendBeacon('${there}/beacon');
        new EventSource('${there}/events');
        try { new WebSocket('ws://${canary.address}/socket'); } catch {}
        try { new Worker(URL.createObjectURL(new Blob(["fetch('${there}/worker')"]))); } catch {}
        try { window.open('${there}/window'); } catch {}
        try { navigator.serviceWorker.register('/try.js').catch(ignore); } catch {}
        try {
          const peer = new RTCPeerConnection({ iceServers: [{ urls: 'stun:127.0.0.1:${udp.address().port}' }] });
          peer.createDataChannel('x');
          peer.createOffer().then((offer) => peer.setLocalDescription(offer)).catch(ignore);
        } catch {}
        document.body.append('tried');`),
      '/moved': html('', { location: `${there}/moved` }, 302),
    };
    expect((await loadBody()).text).toContain('tried');
    expect(canary.connections).toBe(0);
    expect(datagrams).toBe(0);
    expect(seen.map(({ path }) => path)).toEqual([expect.stringMatching(/^\/search\?/), '/try.js', '/moved']);
  });

  itChromium('sends no datagram, however long a page stays open (needs Chromium)', async () => {
    let tellGathered = (): void => undefined;
    const gathered = new Promise<void>((resolve) => (tellGathered = resolve));
    pages = {
      '/search': html(
        `<body><script>
           const peer = new RTCPeerConnection({ iceServers: [{ urls: 'stun:127.0.0.1:${udp.address().port}' }] });
           peer.createDataChannel('x');
           peer.onicegatheringstatechange = () => peer.iceGatheringState === 'complete' && fetch('/gathered');
           peer.createOffer().then((offer) => peer.setLocalDescription(offer));
         </script><script src="/held.js"></script></body>`,
      ),
      // Keeps the page from ending before everybody was asked where it is.
      '/held.js': (response) => void gathered.then(() => script(`document.body.append('gathered')`)(response)),
      '/gathered': (response) => {
        tellGathered();
        response.end();
      },
    };
    const result = await load();
    expect(datagrams).toBe(0);
    expect(result.ok && result.body.toString('utf8')).toContain('gathered');
  });

  itChromium('obeys for every part whoever decides about it (needs Chromium)', async () => {
    pages = {
      '/search': html('<body><script src="/a.js"></script><script src="/b.js"></script></body>'),
      '/a.js': script(`document.body.append('one of ' + 'them');`),
      '/b.js': script(`document.body.append('the ' + 'other');`),
    };
    const partThrottle: Throttle = {
      run: (url, send) =>
        url.pathname === '/a.js'
          ? send()
          : Promise.resolve({ ok: false, outcome: 'robots_disallowed', detail: '', transient: false }),
    };
    const { text } = await loadBody({ partThrottle });
    expect(text).toContain('one of them');
    expect(text).not.toContain('the other');
  });

  itChromium('ends pages that never end (needs Chromium)', async () => {
    pages = { '/search': html('<body><script>for (;;) {}</script></body>') };
    expect(await load({ limits: { totalTimeoutMillis: 3000 } })).toMatchObject({ ok: false, outcome: 'timeout' });
  });

  itChromium('takes a page that never stops asking as it is, up to a number of requests (needs Chromium)', async () => {
    pages = {
      '/search': html('<body>loaded<script src="/more.js"></script></body>'),
      '/more.js': script(`(async () => { for (;;) await fetch('/more').catch(() => undefined); })();`),
      '/more': html('more'),
    };
    const { text } = await loadBody({ limits: { settleTimeoutMillis: 500 } });
    expect(text).toContain('loaded');
    const untilRefused = `(async () => { for (;;) await fetch('/more'); })().catch(() => document.body.append('refused'));`;
    pages = { ...pages, '/more.js': script(untilRefused) };
    seen.length = 0;
    const limited = await loadBody({ limits: { maxParts: 5 } });
    expect(limited.text).toContain('refused');
    expect(seen).toHaveLength(1 + 5);
  });

  itChromium('measures a page before it takes it (needs Chromium)', async () => {
    pages = {
      '/search': html('<body><script src="/grow.js"></script></body>'),
      '/grow.js': script(`document.body.append('x'.repeat(200_000));`),
    };
    expect(await load({ maxBytes: 100_000 })).toMatchObject({ ok: false, outcome: 'too_large' });
  });

  itChromium(
    'leaves no process behind when the run is stopped, whatever a page is busy with (needs Chromium)',
    async () => {
      const controller = new AbortController();
      // Specs before this one may have left a decoder that waits for more images.
      const before = runningDescendants();
      let during: readonly string[] = [];
      pages = {
        '/search': html('<body><script src="/loop.js"></script></body>'),
        '/loop.js': script(`
        const last = new XMLHttpRequest();
        last.open('GET', '/looping', false);
        last.send();
        for (;;) {}`),
        '/looping': (response) => {
          during = runningDescendants().filter((process) => !before.includes(process));
          response.on('close', () => controller.abort());
          response.end('now');
        },
      };
      expect(await load({ signal: controller.signal })).toMatchObject({ ok: false });
      expect(during.length).toBeGreaterThan(0);
      await ended(during);
      // Stopped beforehand, it starts none.
      expect(await load({ signal: controller.signal })).toMatchObject({ ok: false });
    },
  );

  it('needs no browser for refusals and failures', async () => {
    pages = { '/search': html('no', {}, 429) };
    const noBrowser = createBrowserPages({ http, userAgent: AGENT, findChromium: () => '/nowhere' });
    const request = { url: URL_ASKED, maxBytes: 1000, throttle: asIs, partThrottle: asIs };
    expect(await noBrowser.load({ ...request, signal: new AbortController().signal })).toMatchObject({
      ok: true,
      status: 429,
    });
  });
});

/** The operating system takes a moment to end what has been told to end. */
async function ended(processes: readonly string[]): Promise<void> {
  for (let tries = 0; tries < 200 && stillRunning(processes).length > 0; tries += 1) await pause(25);
  expect(stillRunning(processes)).toEqual([]);
}

describe('isOnSite', () => {
  it('takes the site and its subdomains, nothing that only looks like them', () => {
    const site = engineSite(new URL('https://www.google.com/search'));
    const on = (url: string) => isOnSite(new URL(url), site);
    expect(['https://google.com/', 'http://consent.google.com:81/x', 'https://a.b.google.com/'].map(on)).toEqual(
      Array(3).fill(true),
    );
    const others = ['https://google.com.evil.test/', 'https://notgoogle.com/', 'ftp://google.com/', 'https://[::1]/'];
    expect(others.map(on)).toEqual(Array(4).fill(false));
    expect(on('https://evil.test/?google.com')).toBe(false);
  });
});
