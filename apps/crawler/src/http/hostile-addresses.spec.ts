import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { startLoopbackServer } from '../spec-support/loopback-server';
import type { LoopbackServer } from '../spec-support/loopback-server';
import { HttpClient } from './http-client';
import { DEFAULT_HTTP_LIMITS } from './http-limits';

/** Names as a resolver in the hands of an attacker answers them. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  localhost: ['127.0.0.1', '::1'],
  'localhost.': ['127.0.0.1'],
  'loop.test': ['127.0.0.1'],
  'loop6.test': ['::1'],
  'mapped.test': ['::ffff:127.0.0.1'],
  'nat64.test': ['64:ff9b::7f00:1'],
  'intranet.test': ['10.1.2.3'],
  'router.test': ['192.168.0.1'],
  'metadata.google.internal': ['169.254.169.254'],
  'mixed.test': ['93.184.216.34', '127.0.0.1'],
  'mixed6.test': ['2606:4700::1111', '::1'],
  'zone.test': ['fe80::1%lo'],
  'garbage.test': ['not an address'],
  '127.0.0.1.nip.test': ['127.0.0.1'],
  'xn--e1afmkfd.test': ['127.0.0.1'],
};

/** Hosts and authorities that lead to a loopback, private or otherwise special address; PORT is the canary's. */
const REFUSED_HOSTS = [
  // Loopback, plainly
  '127.0.0.1',
  '127.0.0.2',
  '127.255.255.254',
  'localhost',
  'LOCALHOST',
  'localhost.',
  // Other spellings of 127.0.0.1
  '2130706433',
  '0x7f000001',
  '0X7F000001',
  '017700000001',
  '0177.0.0.1',
  '0177.0.0.01',
  '0x7f.0.0.1',
  '0x7f.0x0.0x0.0x1',
  '0x7f.1',
  '127.1',
  '127.0.1',
  '127.0x1',
  '0x0000007f.0.0.1',
  '127.0.0.1.',
  '%31%32%37.0.0.1',
  '127%2e0%2e0%2e1',
  '１２７.０.０.１',
  '①②⑦.⓪.⓪.①',
  '127。0。0。1',
  '127.0.0.\u00AD1',
  // This host, any host
  '0.0.0.0',
  '0',
  '0x0',
  '0.1.2.3',
  // IPv6, and IPv4 wrapped in it
  '[::]',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[0000:0000:0000:0000:0000:0000:0000:0001]',
  '[::127.0.0.1]',
  '[::7f00:1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[0:0:0:0:0:ffff:127.0.0.1]',
  '[::ffff:0:127.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b:1::7f00:1]',
  '[2002:7f00:1::]',
  '[2001:0:7f00:1::]',
  '[::ffff:169.254.169.254]',
  '[::ffff:8.8.8.8]',
  '[fe80::1]',
  '[fec0::1]',
  '[fc00::1]',
  '[fd00:ec2::254]',
  '[ff02::1]',
  '[2001:db8::1]',
  '[100::1]',
  '[5f00::1]',
  // Private, shared, reserved
  '10.0.0.1',
  '10.255.255.255',
  '172.16.0.1',
  '172.31.255.254',
  '192.168.1.1',
  '0xc0a80001',
  '100.64.0.1',
  '100.100.100.200',
  '169.254.169.254',
  '0xa9fea9fe',
  '2852039166',
  '169.254.170.2',
  '192.0.0.192',
  '192.0.2.1',
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '239.255.255.250',
  '240.0.0.1',
  '255.255.255.255',
  // User names that look like hosts
  'img.test@127.0.0.1',
  'img.test:80@127.0.0.1',
  'user:password@127.0.0.1',
  'img.test%40@127.0.0.1',
  // Names
  ...Object.keys(NAMES).filter((name) => name !== 'localhost' && name !== 'localhost.' && name !== 'garbage.test'),
  'garbage.test',
  'LOOP.test',
  'пример.test',
];

/** Not even URLs, or not of the web. */
const REFUSED_URLS = [
  'http://[fe80::1%25lo]:PORT/',
  'http://[::1%lo]:PORT/',
  'http://127.0.0.1:PORT:80/',
  'http://127.0.0.256:PORT/',
  'http://0x7f.0.0.0.1:PORT/',
  'http://[::1:PORT/',
  'http://:PORT/',
  'file:///etc/passwd',
  'file://127.0.0.1/etc/passwd',
  'ftp://127.0.0.1:PORT/',
  'gopher://127.0.0.1:PORT/_GET',
  'data:image/png;base64,AAAA',
  'javascript:fetch("http://127.0.0.1:PORT/")',
  'ws://127.0.0.1:PORT/',
  'blob:http://127.0.0.1:PORT/1',
  'view-source:http://127.0.0.1:PORT/',
  'jar:http://127.0.0.1:PORT!/a',
  '//127.0.0.1:PORT/',
  'about:blank',
];

/** What a browser reads as another host than the eye does. */
const MISREAD_URLS = [
  'http://127.0.0.1:PORT\\@img.test/',
  'http:\\\\127.0.0.1:PORT/',
  'http:/127.0.0.1:PORT/',
  'http:127.0.0.1:PORT/',
  'http://127.0.0.1:PORT#@img.test/',
  'http://127.0.0.1:PORT?@img.test/',
  'http://img.test\t@127.0.0.1:PORT/',
  'ht\ntp://127.0.0.1:PORT/',
  ' http://127.0.0.1:PORT/ ',
];

let canaries: readonly Server[];
let connections = 0;
let port: number;
let redirector: LoopbackServer;
let location = '';
let client: HttpClient;
const flipping = { answers: 0 };

function listen(host: string, at: number): Promise<Server> {
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(at, host, () => resolve(server));
  });
}

beforeAll(async () => {
  const first = await listen('127.0.0.1', 0);
  port = (first.address() as AddressInfo).port;
  // Where the machine has no IPv6 there is nothing to connect to either.
  const others = await Promise.allSettled([listen('::1', port), listen('127.0.0.2', port)]);
  canaries = [first, ...others.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))];
  redirector = await startLoopbackServer((_, response) => response.writeHead(302, { location }).end());
  client = new HttpClient({
    userAgent: 'winnow/0.1 (+test)',
    resolve: { 'img.test': redirector.address },
    loopbackOnly: true,
    limits: DEFAULT_HTTP_LIMITS,
    lookup(host) {
      if (host === 'rebind.test') {
        flipping.answers += 1;
        return Promise.resolve([flipping.answers % 2 === 1 ? '93.184.216.34' : '127.0.0.1']);
      }
      const addresses = NAMES[host];
      return addresses === undefined ? Promise.reject(new Error(`ENOTFOUND ${host}`)) : Promise.resolve(addresses);
    },
  });
});
afterAll(async () => {
  await client.close();
  await redirector.close();
  await Promise.all(canaries.map((server) => new Promise((resolve) => server.close(resolve))));
});
afterEach(() => expect(connections).toBe(0));

const get = async (url: string) => {
  const result = await client.get({ url });
  return result.ok ? `status ${result.status}` : result.outcome;
};
/** By way of a host that redirects there. Headers are Latin-1, so names travel percent-encoded. */
const getRedirected = (url: string) => {
  location = url.replace(/[^\x20-\x7e]+/g, (text) => (/[\t\n]/.test(text) ? '' : encodeURI(text)));
  return get('http://img.test/');
};
const withPort = (url: string): string => url.replaceAll('PORT', String(port));

describe('hostile addresses', () => {
  it('are more than a few', () => {
    expect(new Set(REFUSED_HOSTS).size).toBeGreaterThanOrEqual(60);
    expect(canaries.length).toBeGreaterThan(0);
  });

  it.each(REFUSED_HOSTS)('http://%s is refused, also behind a redirect', async (host) => {
    const url = `http://${host}:${port}/`;
    expect([await get(url), await getRedirected(url)]).toEqual(['address_refused', 'address_refused']);
    const secure = `https://${host}:${port}/`;
    expect([await get(secure), await getRedirected(secure)]).toEqual(['address_refused', 'address_refused']);
  });

  it.each(REFUSED_URLS)('%s is no URL of the web', async (text) => {
    const url = withPort(text);
    expect(await get(url)).toBe('url_refused');
    expect(await getRedirected(url)).toBe('address_refused');
  });

  it.each(MISREAD_URLS)('%j is read as a client reads it, and refused', async (text) => {
    expect(await get(withPort(text))).toBe('address_refused');
  });

  it('are refused when the resolver changes its mind, at whichever answer', async () => {
    const url = `http://rebind.test:${port}/`;
    // The public address is not dialled only because tests stay on this machine; what is, is the address checked.
    expect(await client.get({ url })).toMatchObject({ ok: false, detail: expect.stringContaining('93.184.216.34') });
    for (let round = 0; round < 5; round += 1) {
      const result = await client.get({ url });
      expect(result).toMatchObject({ ok: false, detail: expect.stringMatching(/93\.184\.216\.34|loopback/) });
    }
    expect(flipping.answers).toBeGreaterThan(1);
  });

  it('would be noticed: the canary sees whoever does connect', async () => {
    const careless = new HttpClient({
      userAgent: 'careless',
      resolve: { 'canary.test': `127.0.0.1:${port}` },
      loopbackOnly: true,
      limits: DEFAULT_HTTP_LIMITS,
    });
    expect(await careless.get({ url: 'http://canary.test/' })).toMatchObject({ outcome: 'network_error' });
    await careless.close();
    expect(connections).toBe(1);
    connections = 0;
  });

  it('are refused whatever is like a host of harvest.resolve but for its spelling', async () => {
    expect(await get('http://img.test.:80/')).toBe('network_error');
    expect(await get('http://www.img.test/')).toBe('network_error');
    expect(await get(`http://${redirector.address}/`)).toBe('address_refused');
    expect(redirector.requests.every((line) => line === 'img.test/')).toBe(true);
  });
});
