import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Semaphore } from '@winnow/contracts';
import {
  commitListedPage,
  beginTries,
  dueFetches,
  ensureCrawlPlan,
  ensureFetches,
  recheckFetches,
  recordFetches,
} from '@winnow/db';
import { createTestDatabase, databasesUnderTest } from '@winnow/db/testing';
import type { TestDatabase } from '@winnow/db/testing';
import { encodePng } from '@winnow/imaging';
import { SeededRandom } from '@winnow/random';
import { BlobStore, FolderObjects } from '@winnow/store';
import { BatchWriter } from './batch-writer';
import type { CrawlContext, Fetched } from '../jobs/crawl-context';
import { fetchImages } from './fetch-images';
import { AGENT, userAgent } from '../jobs/harvest-options';
import type { HarvestOptions } from '../jobs/harvest-options';
import { HostRateLimiter } from '../politeness/host-rate-limiter';
import type { Lookup } from '../http/dns-cache';
import { HttpClient } from '../http/http-client';
import { DEFAULT_HTTP_LIMITS } from '../http/http-limits';
import { OptOuts } from '../opt-out/opt-outs';
import { RobotsPolicy } from '../politeness/robots-policy';
import { startLoopbackServer } from '../spec-support/loopback-server';
import type { LoopbackServer } from '../spec-support/loopback-server';
import { TestClock } from '../spec-support/test-clock';

type Response = (response: ServerResponse, request: IncomingMessage) => void;

let database: TestDatabase;
let server: LoopbackServer;
let stateDir: string;
let images: readonly Buffer[];
let clock: TestClock;
/** By host and path. */
const responses = new Map<string, Response>();
const received: IncomingMessage['headers'][] = [];

async function image(seed: number): Promise<Buffer> {
  const random = new SeededRandom(seed);
  const data = Uint8Array.from({ length: 40 * 32 * 3 }, () => random.int(256));
  return Buffer.from(await encodePng({ width: 40, height: 32, data }));
}
const bytesOf = (index: number): Buffer => images[index] ?? Buffer.alloc(0);
const digestOf = (index: number): string => createHash('sha256').update(bytesOf(index)).digest('hex');

beforeAll(async () => {
  images = await Promise.all([0, 1].map(image));
  server = await startLoopbackServer((request, response) => {
    const answer = responses.get(`${request.headers.host}${request.url}`);
    if (answer === undefined) response.writeHead(404).end();
    else {
      received.push(request.headers);
      answer(response, request);
    }
  });
});
afterAll(() => server.close());
beforeEach(() => {
  stateDir = mkdtempSync(path.join(tmpdir(), 'winnow-fetch-'));
  clock = new TestClock();
  responses.clear();
  received.length = 0;
  server.requests.length = 0;
});
afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

const PLAN = {
  project: 'p',
  classes: ['cat'],
  queries: ['openverse', 'bing'].map((engine) => ({ className: 'cat', engine, query: 'cat', variant: '' })),
};

interface Listed {
  readonly url: string;
  readonly pageUrl?: string;
  readonly engine?: 'openverse' | 'bing';
}

async function list(hits: readonly Listed[]): Promise<void> {
  const { db } = database;
  await ensureCrawlPlan(db, PLAN);
  for (const key of PLAN.queries) {
    const rows = hits
      .filter(({ engine = 'openverse' }) => engine === key.engine)
      .map(({ url, pageUrl }, index) => ({
        ...key,
        id: `${key.engine} ${index}`,
        engineVersion: '1',
        page: 1,
        rank: index + 1,
        imageUrl: url,
        canonicalUrl: url,
        ...(pageUrl === undefined ? {} : { pageUrl }),
      }));
    await commitListedPage(db, {
      key: { project: 'p', ...key },
      page: 1,
      at: new Date(clock.now()),
      hits: rows,
      cursor: null,
      state: 'exhausted',
      responseClass: 'ok',
    });
  }
  await ensureFetches(db, PLAN);
}

/** Fetches what is due, as a new process would. */
async function fetchDue(changes: Partial<HarvestOptions> = {}, lookup?: Lookup): Promise<void> {
  const { db } = database;
  const { signal } = new AbortController();
  const harvest = {
    respectRobots: true,
    respectTdm: true,
    checkPages: 'none',
    concurrency: 4,
    maxBytes: 1_000_000,
    maxPixels: 1_000_000,
    minSide: 24,
    maxAspectRatio: 5,
    ...changes,
  } as HarvestOptions;
  const rateLimiter = new HostRateLimiter({
    clock,
    signal,
    delayMillis: 0,
    perHost: 2,
    concurrency: 4,
    maxHoldMillis: 30_000,
  });
  const hosts = ['img.test', 'cdn.test', 'page.test', 'shut.test'];
  const http = new HttpClient({
    userAgent: userAgent('test'),
    resolve: Object.fromEntries(hosts.map((host) => [host, server.address])),
    loopbackOnly: true,
    limits: DEFAULT_HTTP_LIMITS,
    ...(lookup === undefined ? {} : { lookup }),
  });
  const robots = new RobotsPolicy({ db, http, rateLimiter, clock, signal, agent: AGENT });
  const context: CrawlContext = {
    project: 'p',
    apiKeys: {},
    harvest,
    retry: { attempts: 2, maxWaitMillis: 30_000, baseMillis: 1 },
    db,
    blobs: new BlobStore(new FolderObjects(path.join(stateDir, 'blobs'))),
    encoded: null,
    responses: new BlobStore(new FolderObjects(path.join(stateDir, 'answers'))),
    http,
    rateLimiter,
    robots,
    optOuts: new OptOuts({ harvest, db, http, rateLimiter, robots, clock, signal }),
    decoding: new Semaphore(1),
    undecoded: new Semaphore(1_000_000),
    tries: new BatchWriter((urls: readonly string[]) => beginTries(db, 'p', urls)),
    records: new BatchWriter(async (fetched: readonly Fetched[]) => {
      await recordFetches(
        db,
        'p',
        fetched.map(({ record }) => record),
      );
    }),
    clock,
    random: new SeededRandom(1),
    signal,
  };
  try {
    await fetchImages(context, await dueFetches(db, 'p', new Date(clock.now())), () => undefined);
  } finally {
    await http.close();
  }
}

/** Makes due again what may have changed. */
const recheck = () => {
  const now = new Date(clock.now());
  return recheckFetches(database.db, 'p', { since: new Date(clock.now() + 1), now });
};
async function rows(text: string): Promise<readonly Record<string, unknown>[]> {
  return ((await database.db.execute(text)) as unknown as { rows: Record<string, unknown>[] }).rows;
}
async function outcomes(): Promise<Record<string, unknown>> {
  const found = await rows('select canonical_url, outcome from fetches order by 1');
  return Object.fromEntries(found.map((row) => [String(row['canonical_url']).replace('http://', ''), row['outcome']]));
}
const fetchOf = async () => (await rows('select * from fetches'))[0] ?? {};
const asked = (): readonly string[] => server.requests.filter((line) => !/robots\.txt|\.well-known/.test(line));

const serve =
  (index: number, headers: Record<string, string> = {}): Response =>
  (response) =>
    void response.writeHead(200, headers).end(bytesOf(index));
const serveHtml =
  (html: string, headers: Record<string, string> = {}): Response =>
  (response) =>
    void response.writeHead(200, { 'content-type': 'text/html', ...headers }).end(html);
/** A text, and then more line ends than anyone waits for. */
const inPieces =
  (text: string): Response =>
  (response) => {
    response.write(text);
    for (let count = 0; count < 3000; count += 1) response.write('\n');
    response.end();
  };

const A = 'http://img.test/a.png';

describe.each(databasesUnderTest(process.env).filter(({ available }) => available))(
  'fetchImages ($name)',
  ({ url }) => {
    beforeAll(async () => {
      database = await createTestDatabase(url);
    });
    afterAll(() => database.close());
    beforeEach(() => database.reset());

    describe('of images that are stored', () => {
      const validators = { etag: '"1"', 'last-modified': 'Mon, 23 Nov 2026 12:00:00 GMT' };
      const conditional: Response = (response, request) => {
        if (request.headers['if-none-match'] === '"1"') response.writeHead(304, validators).end();
        else serve(0, validators)(response, request);
      };

      it('downloads no bytes again that have not changed', async () => {
        responses.set('img.test/a.png', conditional);
        await list([{ url: A }]);
        await fetchDue();
        const stored = await fetchOf();
        expect(stored).toMatchObject({ outcome: 'stored', etag: '"1"', sha256: digestOf(0), fresh_until: null });
        expect(await recheck()).toBe(1);
        await fetchDue();
        expect(received.map((headers) => [headers['if-none-match'], headers['if-modified-since']])).toEqual([
          [undefined, undefined],
          ['"1"', 'Mon, 23 Nov 2026 12:00:00 GMT'],
        ]);
        const { outcome, status, sha256, final_url, etag, last_modified } = await fetchOf();
        expect({ outcome, status, sha256, final_url, etag, last_modified }).toEqual({
          outcome: 'unchanged',
          status: 304,
          sha256: digestOf(0),
          final_url: A,
          etag: '"1"',
          last_modified: 'Mon, 23 Nov 2026 12:00:00 GMT',
        });
        expect(await rows('select sha256 from sightings')).toEqual([{ sha256: digestOf(0) }]);
        expect(await recheck()).toBe(1);
      });

      it('asks nothing of a server before the time that it said its answer would hold', async () => {
        responses.set('img.test/a.png', serve(0, { 'cache-control': 'max-age=60' }));
        await list([{ url: A }]);
        await fetchDue();
        await clock.wait(59_999);
        expect(await recheck()).toBe(0);
        await clock.wait(1);
        expect(await recheck()).toBe(1);
        await fetchDue();
        expect(asked()).toHaveLength(2);
        expect(await recheck()).toBe(0);
      });

      it('stores a changed image beside the earlier one', async () => {
        responses.set('img.test/a.png', serve(0, validators));
        await list([{ url: A }]);
        await fetchDue();
        responses.set('img.test/a.png', serve(1, { etag: '"2"' }));
        await recheck();
        await fetchDue();
        expect(await fetchOf()).toMatchObject({
          outcome: 'stored',
          sha256: digestOf(1),
          etag: '"2"',
          last_modified: null,
        });
        const both = [digestOf(0), digestOf(1)].sort();
        expect((await rows('select sha256 from images order by 1')).map(({ sha256 }) => sha256)).toEqual(both);
        // What a build would otherwise decode the files for.
        const unmeasured = 'select sha256 from images where pixel_sha256 is null or pdq is null or measures is null';
        expect(await rows(unmeasured)).toEqual([]);
        expect((await rows('select sha256 from sightings order by 1')).map(({ sha256 }) => sha256)).toEqual(both);
      });

      it('knows the same bytes again without a word from the server', async () => {
        responses.set('img.test/a.png', serve(0));
        await list([{ url: A }]);
        await fetchDue();
        await recheck();
        await fetchDue();
        expect(await fetchOf()).toMatchObject({ outcome: 'unchanged', sha256: digestOf(0), status: 200 });
      });

      it('shows the tag of one URL to no other, and none where the file is gone or was changed', async () => {
        responses.set('img.test/a.png', conditional);
        await list([{ url: A }]);
        await fetchDue();
        responses.set(
          'img.test/a.png',
          (response) => void response.writeHead(302, { location: 'http://cdn.test/' }).end(),
        );
        responses.set('cdn.test/', conditional);
        await recheck();
        await fetchDue();
        expect(received.map((headers) => headers['if-none-match'])).toEqual([undefined, '"1"', undefined]);
        expect(await fetchOf()).toMatchObject({ outcome: 'unchanged', status: 200, final_url: 'http://cdn.test/' });
        responses.set('img.test/a.png', conditional);
        await recheck();
        await fetchDue();
        const blobs = new BlobStore(new FolderObjects(path.join(stateDir, 'blobs')));
        const damage = [
          () => rmSync(blobs.placeOf(digestOf(0))),
          () => writeFileSync(blobs.placeOf(digestOf(0)), bytesOf(1)),
        ];
        for (const harm of damage) {
          harm();
          await recheck();
          await fetchDue();
          expect(received.at(-1)).not.toHaveProperty('if-none-match');
          expect(await blobs.holds(digestOf(0))).toBe(true);
        }
      });

      it('keeps its copy through failures that may pass, and no longer where it may not be had', async () => {
        responses.set('img.test/a.png', conditional);
        await list([{ url: A }]);
        await fetchDue();
        responses.set('img.test/a.png', (response) => void response.writeHead(503).end());
        await recheck();
        await fetchDue();
        expect(await fetchOf()).toMatchObject({ outcome: 'server_error', sha256: digestOf(0), etag: '"1"' });
        responses.set('img.test/a.png', conditional);
        await clock.wait(24 * 3600 * 1000);
        await fetchDue();
        expect(await fetchOf()).toMatchObject({ outcome: 'unchanged', status: 304, sha256: digestOf(0) });
        responses.set('img.test/a.png', (response) => void response.writeHead(304, { 'x-robots-tag': 'noai' }).end());
        await recheck();
        await fetchDue();
        expect(await fetchOf()).toMatchObject({ outcome: 'opted_out', sha256: null, next_try_at: null });
        // Data sets that were made of it stay what they are.
        expect(await rows('select sha256 from sightings')).toHaveLength(1);
      });

      it('keeps no tag that is too long to be one', async () => {
        responses.set('img.test/a.png', serve(0, { etag: `"${'1'.repeat(600)}"` }));
        await list([{ url: A }]);
        await fetchDue();
        expect(await fetchOf()).toMatchObject({ outcome: 'stored', etag: null });
      });

      it('believes no 304 to a question that was not asked', async () => {
        responses.set('img.test/a.png', (response) => void response.writeHead(304, validators).end());
        await list([{ url: A }]);
        await fetchDue();
        expect(await fetchOf()).toMatchObject({ outcome: 'forbidden', sha256: null, detail: 'status 304' });
      });
    });

    it('notes that a name led to a private address, whichever of its answers did', async () => {
      let lookups = 0;
      await list([{ url: 'http://rebind.test/a.png' }]);
      await fetchDue({ respectTdm: false, respectRobots: false }, () => {
        lookups += 1;
        return Promise.resolve([lookups === 1 ? '93.184.216.34' : '127.0.0.1']);
      });
      expect(await fetchOf()).toMatchObject({ outcome: 'address_refused', sha256: null });
      expect(server.requests).toEqual([]);
    });

    describe('with reservations of text and data mining', () => {
      const reserved = { 'tdm-reservation': '1' };
      const file = JSON.stringify([
        { location: '/', 'tdm-reservation': 1 },
        { location: '/open/', 'tdm-reservation': 0 },
      ]);
      const hits = ['img.test/a.png', 'cdn.test/b.png', 'cdn.test/open/c.png'];
      beforeEach(async () => {
        responses.set('img.test/a.png', serve(0, reserved));
        responses.set('cdn.test/.well-known/tdmrep.json', (response) => void response.end(file));
        responses.set('cdn.test/b.png', serve(0));
        responses.set('cdn.test/open/c.png', serve(1));
        await list(hits.map((name) => ({ url: `http://${name}` })));
      });

      it.each([true, false])('obeys them (robots.txt: %p)', async (respectRobots) => {
        await fetchDue({ respectRobots });
        expect(await outcomes()).toEqual({
          'cdn.test/b.png': 'opted_out',
          'cdn.test/open/c.png': 'stored',
          'img.test/a.png': 'opted_out',
        });
        expect(server.requests).not.toContain('cdn.test/b.png');
      });

      it('reads the start of one that comes in too many pieces', async () => {
        responses.set('cdn.test/.well-known/tdmrep.json', inPieces(file.slice(0, -1)));
        await fetchDue();
        expect(await outcomes()).toMatchObject({ 'cdn.test/b.png': 'opted_out', 'cdn.test/open/c.png': 'stored' });
      });

      it('takes robots.txt that comes in too many pieces for one that forbids everything', async () => {
        responses.set('cdn.test/robots.txt', inPieces('User-agent: *\nDisallow: /none/\n'));
        await fetchDue({ respectTdm: false });
        expect(await outcomes()).toMatchObject({ 'cdn.test/b.png': 'robots_disallowed', 'img.test/a.png': 'stored' });
      });

      it('reads the file of a host once a day', async () => {
        await fetchDue();
        const reads = () => server.requests.filter((line) => line === 'cdn.test/.well-known/tdmrep.json').length;
        await clock.wait(24 * 3600 * 1000 - 1);
        await recheck();
        await fetchDue();
        expect(reads()).toBe(1);
        await clock.wait(1);
        await recheck();
        await fetchDue();
        expect(reads()).toBe(2);
      });

      it('disregards them where the project says so', async () => {
        await fetchDue({ respectTdm: false });
        expect(new Set(Object.values(await outcomes()))).toEqual(new Set(['stored']));
        expect(server.requests.some((line) => line.includes('.well-known'))).toBe(false);
      });
    });

    describe('with pages that have a say', () => {
      const noai = '<html><head><meta name="robots" content="noimageai"></head></html>';
      const listed = (engine: 'openverse' | 'bing', name: string, page: string): Listed => ({
        url: `http://img.test/${engine}/${name}.png`,
        pageUrl: `http://page.test/${page}`,
        engine,
      });
      beforeEach(() => {
        for (const engine of ['openverse', 'bing']) {
          for (const name of ['a', 'b', 'c']) responses.set(`img.test/${engine}/${name}.png`, serve(0));
        }
      });
      const pagesAsked = () => server.requests.filter((line) => line.startsWith('page.test/')).sort();

      it('reads the pages of scraped engines, each once', async () => {
        responses.set('page.test/no', serveHtml(noai));
        responses.set('page.test/yes', serveHtml('<html></html>'));
        await list([
          listed('bing', 'a', 'no'),
          listed('bing', 'b', 'no#second'),
          listed('bing', 'c', 'yes'),
          listed('openverse', 'a', 'no'),
        ]);
        await fetchDue({ checkPages: 'scraped' });
        expect(await outcomes()).toEqual({
          'img.test/bing/a.png': 'opted_out',
          'img.test/bing/b.png': 'opted_out',
          'img.test/bing/c.png': 'stored',
          'img.test/openverse/a.png': 'stored',
        });
        expect(pagesAsked()).toEqual(['page.test/no', 'page.test/robots.txt', 'page.test/yes']);
        expect(asked()).not.toContain('img.test/bing/a.png');
        expect(await rows("select distinct detail from fetches where outcome = 'opted_out'")).toEqual([
          { detail: 'its page: meta robots: noimageai' },
        ]);
      });

      it('obeys the head of a page that comes in too many pieces', async () => {
        responses.set('page.test/no', inPieces(noai));
        await list([listed('bing', 'a', 'no')]);
        await fetchDue({ checkPages: 'scraped' });
        expect(await outcomes()).toEqual({ 'img.test/bing/a.png': 'opted_out' });
      });

      it('reads the page of an image that a scraped engine lists among others', async () => {
        responses.set('page.test/no', serveHtml(noai));
        const { url: shared, pageUrl } = listed('openverse', 'a', 'no');
        const hits = [
          { url: shared, pageUrl, engine: 'openverse' },
          { url: shared, engine: 'bing' },
        ] as const;
        await list(hits as readonly Listed[]);
        const [due] = await dueFetches(database.db, 'p', new Date(clock.now()));
        expect(due).toMatchObject({ engines: ['bing', 'openverse'] });
        await fetchDue({ checkPages: 'scraped' });
        expect(await outcomes()).toEqual({ 'img.test/openverse/a.png': 'opted_out' });
      });

      it.each([
        [{ checkPages: 'all' as const }, 'opted_out'],
        [{ checkPages: 'none' as const }, 'stored'],
        [{ checkPages: 'all' as const, respectRobots: false }, 'stored'],
      ])('reads pages as the project says: %j', async (changes, outcome) => {
        responses.set('page.test/no', serveHtml(noai));
        await list([listed('openverse', 'a', 'no')]);
        await fetchDue(changes);
        expect(await outcomes()).toEqual({ 'img.test/openverse/a.png': outcome });
        expect(pagesAsked().length > 0).toBe(outcome === 'opted_out');
      });

      it('takes a page that cannot be had for no refusal', async () => {
        responses.set('page.test/robots.txt', (response) => void response.end('User-agent: *\nDisallow: /private/\n'));
        responses.set('page.test/busy', (response) => void response.writeHead(429, { 'retry-after': '7' }).end(noai));
        responses.set('page.test/private/', serveHtml(noai));
        responses.set(
          'page.test/away',
          (response) => void response.writeHead(302, { location: `http://${server.address}/` }).end(),
        );
        await list([
          listed('bing', 'a', 'missing'),
          listed('bing', 'b', 'busy'),
          listed('bing', 'c', 'private/'),
          listed('openverse', 'a', 'away'),
          { url: 'http://img.test/openverse/b.png', pageUrl: 'javascript:alert(1)' },
          { url: 'http://img.test/openverse/c.png', pageUrl: 'http://img.test/openverse/c.png' },
        ]);
        await fetchDue({ checkPages: 'all' });
        expect(new Set(Object.values(await outcomes()))).toEqual(new Set(['stored']));
        expect(pagesAsked()).not.toContain('page.test/private/');
        expect(server.requests).not.toContain(`${server.address}/`);
        expect(asked().filter((line) => line === 'img.test/openverse/c.png')).toHaveLength(1);
      });

      it('waits as long as a page asks before anything else is asked of its host', async () => {
        responses.set('img.test/page', (response) => void response.writeHead(429, { 'retry-after': '7' }).end());
        await list([{ url: 'http://img.test/bing/a.png', pageUrl: 'http://img.test/page', engine: 'bing' }]);
        await fetchDue({ checkPages: 'all' });
        expect(await outcomes()).toEqual({ 'img.test/bing/a.png': 'stored' });
        expect(clock.waited).toEqual([7000]);
      });

      it('obeys X-Robots-Tag of a page and reads no more than a megabyte of it', async () => {
        responses.set('page.test/header', serveHtml('', { 'x-robots-tag': 'winnow: noindex' }));
        responses.set('page.test/long', serveHtml(`<!--${' '.repeat(1_000_000)}-->${noai}`));
        await list([listed('bing', 'a', 'header'), listed('bing', 'b', 'long')]);
        await fetchDue({ checkPages: 'scraped' });
        expect(await outcomes()).toEqual({ 'img.test/bing/a.png': 'opted_out', 'img.test/bing/b.png': 'stored' });
      });

      it('asks for no page of an image that robots.txt forbids', async () => {
        responses.set('shut.test/robots.txt', (response) => void response.end('User-agent: winnow\nDisallow: /\n'));
        await list([{ url: 'http://shut.test/a.png', pageUrl: 'http://page.test/no', engine: 'bing' }]);
        await fetchDue({ checkPages: 'all' });
        expect(await outcomes()).toEqual({ 'shut.test/a.png': 'robots_disallowed' });
        expect(server.requests).toEqual(['shut.test/robots.txt']);
      });
    });
  },
);
