import { connect } from 'node:net';
import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { resolve } from 'node:path';
import { decodeImage } from '@winnow/imaging';
import { rowsOf } from './demo-listing';
import type { DemoRow } from './demo-listing';
import { startDemoWeb } from './demo-web';
import type { DemoWeb } from './demo-web';
import type { BehaviourName } from './hosts/image-host-behaviours';
import { loopbackGet } from './loopback-get';

const imagesDir = resolve(__dirname, '../../../examples/demo');
const limits = { maxPixels: 1e6, minSide: 1, maxAspectRatio: 10 };

let web: DemoWeb;
beforeAll(async () => {
  web = await startDemoWeb({ imagesDir });
});
afterAll(() => web.close());

const get = (url: string, headers?: Record<string, string>) => loopbackGet(web.port, url, headers);
const urls = (rows: readonly DemoRow[]): string[] => rows.map(({ url }) => url);
const rowThat = (behaviour: BehaviourName): DemoRow => {
  const row = web.listing.rows.find((candidate) => candidate.behaviour === behaviour);
  if (row === undefined) throw new Error(`no row is ${behaviour}`);
  return row;
};

describe('Openverse', () => {
  const page = async (query: string): Promise<Record<string, never>> =>
    JSON.parse((await get(`http://api.openverse.org/v1/images/?${query}`)).body.toString());

  it('lists every row once over its pages, then nothing', async () => {
    const rows = rowsOf(web.listing, 'openverse', 'ankle boot');
    const found: { url: string }[] = [];
    for (let number = 1; number <= 7; number += 1) {
      const answer = await page(`q=ankle+boots&page=${number}&page_size=20`);
      expect(answer).toMatchObject({ result_count: rows.length, page_count: 6, page: number });
      found.push(...(answer['results'] as unknown as { url: string }[]));
    }
    expect(found.map(({ url }) => url)).toEqual(urls(rows));
  });

  it('filters by licence', async () => {
    const answer = await page('q=coat&license=by,cc0');
    const codes = (answer['results'] as unknown as { license: string }[]).map(({ license }) => license);
    expect(new Set(codes)).toEqual(new Set(['by', 'cc0']));
  });

  it('refuses more than 20 a page and finds nothing for an unknown subject', async () => {
    expect((await get('http://api.openverse.org/v1/images/?q=coat&page_size=50')).status).toBe(401);
    expect(await page('q=giraffe')).toMatchObject({ result_count: 0, results: [] });
  });
});

describe('Wikimedia Commons', () => {
  const base = 'http://commons.wikimedia.org/w/api.php?action=query&format=json&generator=search&gsrnamespace=6';

  it('continues until the last page; sha1, size and type are those of the file', async () => {
    const found: { url: string; sha1: string; size: number; mime: string }[] = [];
    let offset: number | undefined = 0;
    while (offset !== undefined) {
      const url = `${base}&gsrsearch=filetype:bitmap%20t-shirt&gsrlimit=50&gsroffset=${offset}`;
      const answer = JSON.parse((await get(url)).body.toString());
      const pages = Object.values(answer.query.pages) as { index: number; imageinfo: typeof found }[];
      pages.sort((a, b) => a.index - b.index).forEach(({ imageinfo }) => found.push(...imageinfo));
      offset = answer.continue?.gsroffset;
    }
    const rows = rowsOf(web.listing, 'commons', 't-shirt');
    expect(found.map(({ url }) => url)).toEqual(urls(rows));
    const plain = found[rows.findIndex(({ behaviour }) => behaviour === 'plain')];
    const file = await get(plain?.url ?? '');
    expect(createHash('sha1').update(file.body).digest('hex')).toBe(plain?.sha1);
    expect(file.body.length).toBe(plain?.size);
    expect(file.headers['content-type']).toBe(plain?.mime);
  });

  it('has no query part for an unknown subject', async () => {
    const answer = JSON.parse((await get(`${base}&gsrsearch=giraffe`)).body.toString());
    expect(answer).toEqual({ batchcomplete: '' });
  });
});

describe('Bing', () => {
  const unescape = (text: string): string =>
    text.replace(
      /&(quot|lt|gt|#39|amp);/g,
      (_, name: string) => ({ quot: '"', lt: '<', gt: '>', '#39': "'" })[name] ?? '&',
    );
  const items = (html: string): { murl: string; purl: string; t: string }[] =>
    [...html.matchAll(/<a class="iusc" m="([^"]*)"/g)].map(([, meta]) => JSON.parse(unescape(meta ?? '')));

  it('lists 35 a page and answers 200 with nothing past the end', async () => {
    const found: ReturnType<typeof items> = [];
    const counts: number[] = [];
    for (let first = 1; first <= 106; first += 35) {
      const answer = await get(`http://www.bing.com/images/async?q=dress&async=1&first=${first}&count=35`);
      expect(answer.status).toBe(200);
      const page = items(answer.body.toString());
      counts.push(page.length);
      found.push(...page);
    }
    const rows = rowsOf(web.listing, 'bing', 'dress');
    expect(counts).toEqual([35, 35, 30, 0]);
    expect(found.map(({ murl }) => murl)).toEqual(urls(rows));
    expect(found.map(({ t }) => t)).toEqual(rows.map(({ title }) => title));
    const landing = await get(found[0]?.purl ?? '');
    expect(landing.body.toString()).toContain(`<img src="${found[0]?.murl}"`);
  });
});

describe('image hosts', () => {
  it('serve images of the stated form, and 304 to whoever has them', async () => {
    const row = rowThat('plain');
    const answer = await get(`${row.url}?utm_source=test`);
    const decoded = await decodeImage(answer.body, limits);
    expect(decoded).toMatchObject({ ok: true, image: { width: Number(row.form.split(' ')[1]) } });
    const again = await get(row.url, { 'if-none-match': String(answer.headers['etag']) });
    expect([again.status, again.body.length]).toEqual([304, 0]);
  });

  it('refuse: gone, hot-linked, too many requests', async () => {
    expect((await get(rowThat('gone').url)).status).toBe(404);
    const guarded = rowThat('hotlink');
    expect((await get(guarded.url)).status).toBe(403);
    const referer = guarded.url.replace(/\/photos\/.*$/, `/posts/${guarded.id}.html`);
    expect((await get(guarded.url, { referer })).status).toBe(200);
    const first = await get(rowThat('rate').url);
    expect([first.status, first.headers['retry-after']]).toEqual([429, '1']);
    expect((await get(rowThat('rate').url)).status).toBe(200);
  });

  it('serve pages for images, and broken images', async () => {
    expect((await get(rowThat('html').url)).headers['content-type']).toContain('text/html');
    const disguised = await get(rowThat('html-as-jpeg').url);
    expect(disguised.headers['content-type']).toBe('image/jpeg');
    expect(disguised.body.toString()).toContain('<html>');
    const truncated = await get(rowThat('truncated').url);
    expect(truncated.complete).toBe(true);
    expect(await decodeImage(truncated.body, limits)).toMatchObject({ ok: false });
    expect((await get(rowThat('cut-short').url)).complete).toBe(false);
  });

  it('redirect: to the image, to this machine, to the metadata service', async () => {
    const moved = await get(rowThat('redirect').url);
    const target = new URL(String(moved.headers['location']), rowThat('redirect').url).href;
    expect([moved.status, (await get(target)).status]).toEqual([302, 200]);
    expect((await get(rowThat('redirect-loopback').url)).headers['location']).toBe(
      `http://127.0.0.1:${web.canaryPort}/`,
    );
    const { headers } = await get(rowThat('redirect-metadata').url);
    expect(headers['location']).toBe('http://169.254.169.254/latest/meta-data/');
  });

  it('opt out by header and by robots.txt', async () => {
    expect((await get(rowThat('noai').url)).headers['x-robots-tag']).toBe('noai');
    expect((await get(rowThat('noimageai').url)).headers['x-robots-tag']).toContain('NoImageAI');
    const { pathname, origin } = new URL(rowThat('robots').url);
    expect(pathname).toMatch(/^\/private\/\w+\.(?:jpg|png)$/);
    expect((await get(`${origin}/robots.txt`)).body.toString()).toContain('Disallow: /private/');
    expect(web.requests().byBehaviour['robots']).toBeUndefined();
  });

  it('send a slow body a byte at a time until the client gives up', async () => {
    const { host, pathname } = new URL(rowThat('slow').url);
    const bytes = await new Promise<number>((done, fail) => {
      const options = { host: '127.0.0.1', port: web.port, path: pathname, headers: { host } };
      const sent = request(options, (response) => {
        response.once('data', (chunk: Buffer) => {
          sent.destroy();
          done(chunk.length);
        });
      });
      sent.on('error', fail).end();
    });
    expect(bytes).toBe(1);
  });
});

describe('the demo web', () => {
  it('answers the same whatever came before', async () => {
    const other = await startDemoWeb({ imagesDir });
    try {
      const sample = web.listing.rows
        .filter(({ behaviour }) => behaviour !== 'rate' && behaviour !== 'slow' && behaviour !== 'redirect-loopback')
        .filter((_, index) => index % 60 === 0)
        .map(({ url }) => url);
      sample.push('http://www.bing.com/images/async?q=bag', 'http://api.openverse.org/v1/images/?q=bag');
      const responses = new Map<string, unknown>();
      for (const url of [...sample].reverse()) responses.set(url, await loopbackGet(other.port, url));
      for (const url of sample) expect(await get(url)).toEqual(responses.get(url));
    } finally {
      await other.close();
    }
  });

  it('counts requests by host, and connections to the canary', async () => {
    const before = web.requests();
    expect((await get('http://elsewhere.test/')).status).toBe(421);
    await get(`${new URL(rowThat('plain').url).origin}/robots.txt`);
    expect(web.requests().total).toBe(before.total + 2);
    expect(web.canaryConnections()).toBe(0);
    await new Promise<void>((done) => {
      connect(web.canaryPort, '127.0.0.1')
        .on('close', () => done())
        .on('error', () => undefined)
        .resume();
    });
    expect(web.canaryConnections()).toBe(1);
    const counts = JSON.parse((await get(`http://127.0.0.1:${web.port}/counts`)).body.toString());
    expect(counts).toEqual({ requests: web.requests(), canaryConnections: 1 });
  });

  it('says where it looked for its listing', async () => {
    await expect(startDemoWeb({ imagesDir: '/nowhere' })).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      where: '/nowhere/web.json',
    });
  });
});
