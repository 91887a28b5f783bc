import { randomBytes } from 'node:crypto';
import { gzipSync, brotliCompressSync } from 'node:zlib';
import { startLoopbackServer } from '../spec-support/loopback-server';
import type { LoopbackServer, Route } from '../spec-support/loopback-server';
import { DEFAULT_BODY_MEMORY } from './body-memory';
import type { Lookup } from './dns-cache';
import { HttpClient } from './http-client';
import type { Throttle } from './http-client';
import { DEFAULT_HTTP_LIMITS } from './http-limits';
import type { HttpLimits } from './http-limits';

let server: LoopbackServer;
let canary: LoopbackServer;
let route: Route;
const clients: HttpClient[] = [];

beforeAll(async () => {
  server = await startLoopbackServer((request, response) => route(request, response));
  canary = await startLoopbackServer((_, response) => response.end('secret'));
});
afterAll(async () => {
  await server.close();
  await canary.close();
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

function createClient(limits: Partial<HttpLimits> = {}, lookup?: Lookup): HttpClient {
  const client = new HttpClient({
    userAgent: 'winnow/0.1 (+test)',
    resolve: { 'img.test': server.address, 'other.test': server.address },
    loopbackOnly: true,
    limits: { ...DEFAULT_HTTP_LIMITS, ...limits },
    ...(lookup === undefined ? {} : { lookup }),
  });
  clients.push(client);
  return client;
}

/** Parts of a body that never ends. */
function endless(response: Parameters<Route>[1], chunk: Buffer): void {
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
    if (!response.destroyed) response.once('drain', more);
  };
  more();
}

describe('HttpClient', () => {
  it('dials the stand-in of a host and keeps its name', async () => {
    route = (request, response) => response.end(`${request.headers.host} ${request.headers['user-agent']}`);
    const result = await createClient().get({ url: 'http://img.test/a#fragment' });
    expect(result).toMatchObject({ ok: true, status: 200, finalUrl: 'http://img.test/a' });
    expect(result.ok && result.body.toString()).toBe('img.test winnow/0.1 (+test)');
  });

  it('speaks plainly to a stand-in without TLS', async () => {
    route = (request, response) => response.end(request.headers.host);
    const client = createClient();
    for (const round of [1, 2]) {
      const result = await client.get({ url: `https://img.test/${round}` });
      expect(result.ok && result.body.toString()).toBe('img.test');
    }
  });

  it('follows redirects to their limit and asks about every hop', async () => {
    const hops: string[] = [];
    route = (request, response) => {
      const step = Number(request.url?.slice(1));
      if (step >= 4) response.end('here');
      else response.writeHead(302, { location: `http://other.test/${step + 1}` }).end();
    };
    const client = createClient({ maxRedirects: 3 });
    const throttle: Throttle = {
      run(url, send) {
        hops.push(url.href);
        return send();
      },
    };
    const wanted = { url: 'http://img.test/1', throttle };
    expect(await client.get(wanted)).toMatchObject({ ok: true, finalUrl: 'http://other.test/4' });
    expect(hops).toEqual(['http://img.test/1', 'http://other.test/2', 'http://other.test/3', 'http://other.test/4']);
    expect(await client.get({ url: 'http://img.test/0' })).toMatchObject({ outcome: 'too_many_redirects' });
  });

  it('connects to no private address, however it is written or redirected to', async () => {
    const port = canary.address.split(':')[1];
    const hosts = [
      '127.0.0.1',
      'localhost.test',
      '0x7f000001',
      '2130706433',
      '0177.0.0.1',
      '127.1',
      '0',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '[64:ff9b::7f00:1]',
      '169.254.169.254',
      '10.0.0.1',
      '127.0.0.1.',
      'user:password@127.0.0.1',
      '①②⑦.⓪.⓪.①',
    ];
    const client = createClient({}, (host) => Promise.resolve(host === 'localhost.test' ? ['127.0.0.1'] : ['::1']));
    for (const host of hosts) {
      const url = `http://${host}:${port}/`;
      route = (_, response) => {
        // Headers are Latin-1: the name travels percent-encoded.
        response.writeHead(302, { location: encodeURI(url).replaceAll('%5B', '[').replaceAll('%5D', ']') }).end();
      };
      expect([host, await client.get({ url })]).toEqual([
        host,
        expect.objectContaining({ outcome: 'address_refused' }),
      ]);
      expect([host, await client.get({ url: 'http://img.test/' })]).toEqual([
        host,
        expect.objectContaining({ outcome: 'address_refused' }),
      ]);
    }
    for (const location of ['file:///etc/passwd', 'gopher://127.0.0.1/', 'data:image/png,x', 'http://']) {
      route = (_, response) => response.writeHead(302, { location }).end();
      expect(await client.get({ url: 'http://img.test/' })).toMatchObject({ outcome: 'address_refused' });
    }
    expect(canary.connections).toBe(0);
  });

  it('checks the address that it dials, not an earlier answer of the resolver', async () => {
    let responses = 0;
    const lookup: Lookup = () => {
      responses += 1;
      return Promise.resolve(responses === 1 ? ['93.184.216.34'] : ['127.0.0.1']);
    };
    const client = createClient({}, lookup);
    const url = `http://rebind.test:${canary.address.split(':')[1]}/`;
    // The first answer is public: only the rule that tests stay on this machine keeps it from being dialled.
    expect(await client.get({ url })).toMatchObject({ ok: false, detail: expect.stringContaining('93.184.216.34') });
    expect(responses).toBe(1);
    expect(await client.get({ url })).toMatchObject({ outcome: 'address_refused' });
    expect(canary.connections).toBe(0);
  });

  it('refuses a name when any of its addresses is private', async () => {
    const client = createClient({}, () => Promise.resolve(['93.184.216.34', '10.0.0.1']));
    expect(await client.get({ url: 'http://two.test/' })).toMatchObject({ outcome: 'address_refused' });
  });

  it('decodes bodies and stops at the decoded size', async () => {
    const zeros = Buffer.alloc(3_000_000);
    route = (request, response) => {
      if (request.url === '/gzip') response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('hello'));
      if (request.url === '/br') response.writeHead(200, { 'content-encoding': 'br' }).end(brotliCompressSync('hello'));
      if (request.url === '/bomb') response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(zeros));
      if (request.url === '/twice') {
        response.writeHead(200, { 'content-encoding': 'gzip, gzip' }).end(gzipSync(gzipSync(zeros)));
      }
      if (request.url === '/not-gzip') response.writeHead(200, { 'content-encoding': 'gzip' }).end('hello');
      if (request.url === '/declared') response.writeHead(200, { 'content-length': '500000000' }).flushHeaders();
      if (request.url === '/endless') endless(response.writeHead(200), Buffer.alloc(65_536));
    };
    const client = createClient({ maxBytes: 1_000_000 });
    const outcome = async (path: string) => {
      const result = await client.get({ url: `http://img.test${path}` });
      return result.ok ? result.body.toString() : result.outcome;
    };
    expect(await outcome('/gzip')).toBe('hello');
    expect(await outcome('/br')).toBe('hello');
    for (const path of ['/bomb', '/twice', '/declared', '/endless']) expect(await outcome(path)).toBe('too_large');
    expect(await outcome('/not-gzip')).toBe('decode_error');
    const cut = await client.get({ url: 'http://img.test/endless', maxBytes: 10, overflow: 'cut' });
    expect(cut.ok && cut.body.length).toBe(10);
  });

  it('keeps what came of a body that may be cut and breaks off, and why; of an error, the status', async () => {
    route = (request, response) => {
      const [, kind, status] = request.url?.split('/') ?? [];
      const isGzip = kind === 'gzip';
      const whole = isGzip ? gzipSync(randomBytes(4000).toString('hex')) : Buffer.from('<head>');
      response.writeHead(Number(status), isGzip ? { 'content-encoding': 'gzip' } : {});
      response.write(whole.subarray(0, isGzip ? 3000 : undefined));
      if (kind === 'pieces') for (let count = 0; count < 3000; count += 1) response.write('x\n');
      if (kind === 'reset' || isGzip) response.write('', () => setImmediate(() => response.destroy()));
    };
    const client = createClient({ speedWindowMillis: 200, minBytesPerSecond: 1000 });
    const outcomes = { pieces: 'too_large', reset: 'truncated', gzip: 'truncated', slow: 'too_slow' };
    for (const [kind, outcome] of Object.entries(outcomes)) {
      const get = (status: number, overflow: 'fail' | 'cut') =>
        client.get({ url: `http://img.test/${kind}/${status}`, overflow });
      expect(await get(200, 'fail')).toMatchObject({ ok: false, outcome });
      const cut = await get(200, 'cut');
      expect(cut).toMatchObject({ ok: true, status: 200, brokenOff: { outcome } });
      expect(cut.ok && cut.body.toString()).toMatch(kind === 'gzip' ? /^[\da-f]{1000}/ : /^<head>/);
      const refused = await get(503, 'fail');
      expect(refused).toMatchObject({ ok: true, status: 503 });
      expect(refused).not.toHaveProperty('brokenOff');
    }
    const controller = new AbortController();
    route = (_, response) => response.write('x', () => controller.abort());
    const aborted = await client.get({ url: 'http://img.test/', overflow: 'cut', signal: controller.signal });
    expect(aborted).toMatchObject({ ok: false, detail: 'interrupted' });
  });

  it('gives up on servers that hang, drip, close early or are not there', async () => {
    const limits = { firstByteTimeoutMillis: 200, speedWindowMillis: 200, minBytesPerSecond: 1000 };
    // Whoever only waits for an end has time: a busy machine may take longer than a fifth of a second.
    const [hasty, patient] = [createClient(limits), createClient()];
    const outcome = async (client: HttpClient) => {
      const result = await client.get({ url: 'http://img.test/' });
      return result.ok ? 'ok' : result.outcome;
    };
    route = () => undefined;
    expect(await outcome(hasty)).toBe('timeout');
    route = (_, response) => response.writeHead(200).write('x');
    expect(await outcome(hasty)).toBe('too_slow');
    route = (_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('x', () => response.destroy());
    };
    expect(await outcome(patient)).toBe('truncated');
    route = (_, response) => response.destroy();
    expect(await outcome(patient)).toBe('network_error');
    const nowhere = createClient({}, () => Promise.reject(new Error('ENOTFOUND')));
    expect(await nowhere.get({ url: 'http://nowhere.test/' })).toMatchObject({ outcome: 'network_error' });
  });

  it('gives up on a body that comes fast enough but never ends', async () => {
    const limits = { totalTimeoutMillis: 300, speedWindowMillis: 100, minBytesPerSecond: 1 };
    let timer: NodeJS.Timeout | undefined;
    route = (_, response) => {
      response.writeHead(200);
      timer = setInterval(() => response.write('x'), 10);
      response.once('close', () => clearInterval(timer));
    };
    const result = await createClient(limits).get({ url: 'http://img.test/' });
    expect(result).toMatchObject({ outcome: 'too_slow', detail: 'not complete in 300 ms' });
  });

  it('receives a large body while those of slower hosts, more than fit into memory together, are still coming', async () => {
    const large = Buffer.alloc(3_000_000, 'a');
    const stalled: Parameters<Route>[1][] = [];
    route = (request, response) => {
      response.writeHead(200, { 'content-length': large.length });
      if (request.url === '/whole') return response.end(large);
      stalled.push(response);
      return response.write(large.subarray(1));
    };
    const client = createClient();
    const slow = Array.from({ length: 2 * DEFAULT_BODY_MEMORY.large }, (_, index) =>
      client.get({ url: `http://other.test/${index}` }),
    );
    expect(await client.get({ url: 'http://img.test/whole' })).toMatchObject({ ok: true, body: large });
    for (const response of stalled) response.end('a');
    // To those that come only now.
    route = (_, response) => response.end(large);
    const bodies = await Promise.all(slow.map(async (one) => (await one).ok));
    expect(bodies).toEqual(slow.map(() => true));
  });

  it('looks a host up once for many requests, and checks what it remembers each time', async () => {
    const asked: string[] = [];
    const client = createClient({}, (host) => {
      asked.push(host);
      return host === 'gone.test' ? Promise.reject(new Error('ENOTFOUND')) : Promise.resolve(['10.0.0.1']);
    });
    for (const path of ['a', 'b', 'c']) {
      expect(await client.get({ url: `http://inside.test/${path}` })).toMatchObject({ outcome: 'address_refused' });
      expect(await client.get({ url: `http://gone.test/${path}` })).toMatchObject({ outcome: 'network_error' });
    }
    expect(asked).toEqual(['inside.test', 'gone.test']);
  });

  it('sends the headers of one URL to no other', async () => {
    const tags: (string | undefined)[] = [];
    route = (request, response) => {
      tags.push(request.headers['if-none-match']);
      if (request.url === '/1') response.writeHead(302, { location: 'http://other.test/2' }).end();
      else response.end('x');
    };
    const headersFor = (url: URL): Record<string, string> =>
      url.href === 'http://img.test/1' ? { 'if-none-match': '"1"' } : {};
    await createClient().get({ url: 'http://img.test/1', headersFor });
    expect(tags).toEqual(['"1"', undefined]);
  });

  it('ends at once when it is aborted', async () => {
    const controller = new AbortController();
    route = () => controller.abort();
    const result = await createClient().get({ url: 'http://img.test/', signal: controller.signal });
    expect(result).toMatchObject({ ok: false, detail: 'interrupted' });
  });
});
