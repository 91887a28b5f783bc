import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureCrawlPlan, forgetImages, JobQueue, recordImports } from '@winnow/db';
import { createTestDatabase, databasesUnderTest } from '@winnow/db/testing';
import type { Database } from '@winnow/db';
import type { TestDatabase } from '@winnow/db/testing';
import { encodePng, imagingVersions, makeSquare } from '@winnow/imaging';
import { SeededRandom } from '@winnow/random';
import { CREATED_BY, ENCODING_CACHE, EncodingCache, encodingIdentity } from '@winnow/shards';
import { crawlProject } from './crawl-project';
import type { CrawlOptions, CrawlResult } from './crawl-project';
import { startLoopbackServer } from '../spec-support/loopback-server';
import type { LoopbackServer } from '../spec-support/loopback-server';
import { TestClock } from '../spec-support/test-clock';

const HOSTS = ['api.openverse.org', 'commons.wikimedia.org', 'www.bing.com', 'img.test', 'other.test', 'closed.test'];
let database: TestDatabase;
let jobs: JobQueue;
let server: LoopbackServer;
let onRequest: () => void = () => undefined;
let stateDir: string;
let pictures: ReadonlyMap<string, Buffer>;
/** Answers of image paths, by attempt from 1; undefined: the image of that name. */
const special = new Map<string, (response: ServerResponse, attempt: number, referer: string | undefined) => void>();
const attempts = new Map<string, number>();
let openverseMode: 'ok' | 'rate' | 'denied' = 'ok';
let openverseWait = '7200';
const THIRTY_DAYS = 30 * 24 * 3600 * 1000;

async function image(seed: number): Promise<Buffer> {
  const random = new SeededRandom(seed);
  const data = Uint8Array.from({ length: 40 * 32 * 3 }, () => random.int(256));
  return Buffer.from(await encodePng({ width: 40, height: 32, data }));
}

/** 3 pages of 4 results. */
function openversePage(url: URL): string {
  const page = Number(url.searchParams.get('page'));
  const query = url.searchParams.get('q') ?? '';
  const results = [1, 2, 3, 4].map((rank) => ({
    url: `http://img.test/${query}/o${page}-${rank}.png`,
    foreign_landing_url: `http://page.test/${query}/${page}-${rank}`,
    title: `${query} ${page}.${rank}`,
    license: 'by',
    license_version: '2.0',
    license_url: 'https://creativecommons.org/licenses/by/2.0/',
    creator: 'someone',
  }));
  return JSON.stringify({ result_count: 12, page_count: 3, page_size: 4, page, results });
}

/** 1 page of 4 results, the first two of which Openverse lists too. */
function commonsPage(url: URL): string {
  const query = (url.searchParams.get('gsrsearch') ?? '').replace('filetype:bitmap ', '');
  const names = ['o1-1', 'o1-2', 'c1', 'c2'];
  const pages = names.map((name, index) => [
    String(index + 1),
    {
      title: `File:${name}.png`,
      index: index + 1,
      imageinfo: [
        {
          url: `http://img.test/${query}/${name}.png`,
          mime: 'image/png',
          sha1: createHash('sha1')
            .update(pictures.get(`/${query}/${name}.png`) ?? '')
            .digest('hex'),
        },
      ],
    },
  ]);
  return JSON.stringify({ batchcomplete: '', query: { pages: Object.fromEntries(pages) } });
}

beforeAll(async () => {
  const names = ['cat', 'dog'].flatMap((query) => [
    ...[1, 2, 3].flatMap((page) => [1, 2, 3, 4].map((rank) => `/${query}/o${page}-${rank}.png`)),
    `/${query}/c1.png`,
    `/${query}/c2.png`,
  ]);
  pictures = new Map(await Promise.all(names.map(async (name, index) => [name, await image(index)] as const)));
  server = await startLoopbackServer((request, response) => {
    onRequest();
    const host = request.headers.host ?? '';
    const url = new URL(request.url ?? '', `http://${host}`);
    if (url.pathname === '/robots.txt') {
      response.statusCode = host === 'closed.test' ? 503 : 200;
      response.end('User-agent: *\nDisallow: /private/\n');
      return;
    }
    if (host === 'api.openverse.org') {
      response.statusCode = { ok: 200, rate: 429, denied: 403 }[openverseMode];
      if (openverseMode === 'rate') response.setHeader('retry-after', openverseWait);
      response.end(openverseMode === 'ok' ? openversePage(url) : '{}');
    } else if (host === 'commons.wikimedia.org') {
      response.end(commonsPage(url));
    } else {
      const attempt = (attempts.get(url.pathname) ?? 0) + 1;
      attempts.set(url.pathname, attempt);
      const answer = special.get(url.pathname);
      if (answer === undefined) response.end(pictures.get(url.pathname) ?? '');
      else answer(response, attempt, request.headers.referer);
    }
  });
});
afterAll(() => server.close());
beforeEach(() => {
  stateDir = mkdtempSync(path.join(tmpdir(), 'winnow-crawl-'));
  special.clear();
  attempts.clear();
  server.requests.length = 0;
  openverseMode = 'ok';
  openverseWait = '7200';
});
afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

function crawl(changes: Omit<Partial<CrawlOptions>, 'harvest'> & { harvest?: Partial<CrawlOptions['harvest']> } = {}) {
  const { harvest, ...others } = changes;
  return crawlProject({
    store: undefined,
    project: {
      name: 'pets',
      classes: [
        { name: 'cat', queries: ['cat'] },
        { name: 'dog', queries: ['dog'] },
      ],
    },
    database,
    jobs,
    stateDir,
    seed: 1,
    signal: new AbortController().signal,
    progress: { start: () => ({ update: () => undefined, end: () => undefined }) },
    loopbackOnly: true,
    clock: new TestClock(),
    ...others,
    harvest: {
      engines: ['openverse', 'commons'],
      perClass: 100,
      licenses: 'any',
      safe: 'strict',
      contact: 'test@example.test',
      respectRobots: true,
      delayMillis: 0,
      concurrency: 4,
      perHost: 4,
      maxBytes: 1_000_000,
      maxPixels: 1_000_000,
      minSide: 24,
      maxAspectRatio: 5,
      expand: [],
      filters: {},
      respectTdm: false,
      checkPages: 'none',
      resolve: Object.fromEntries(HOSTS.map((host) => [host, server.address])),
      ...harvest,
    } as CrawlOptions['harvest'],
  });
}

const imageRequests = (): string[] =>
  server.requests.filter((line) => /^img\.test\/(?!robots\.txt$|\.well-known\/)/.test(line));
const content = (result: CrawlResult) => ({ ...result, tried: 0, seconds: 0 });
const storedFiles = (): string[] => {
  const blobs = path.join(stateDir, 'blobs');
  if (!existsSync(blobs)) return [];
  return readdirSync(blobs)
    .flatMap((folder) => readdirSync(path.join(blobs, folder)))
    .sort();
};
async function tables(db: Database) {
  const rows = async (text: string) => {
    const result = (await db.execute(text)) as unknown as { rows: Record<string, unknown>[] };
    return result.rows;
  };
  return {
    hits: (await rows("select to_jsonb(hits) - 'fetched_at' as hit from hits order by id")).map((row) => row['hit']),
    fetches: await rows(
      'select canonical_url, outcome, detail, page_url, final_url, status, sha256 from fetches order by 1',
    ),
    images: await rows('select sha256, size_bytes, mime, width, height from images order by 1'),
    occurrences: await rows('select hit_id, sha256 from sightings order by 1, 2'),
    queries: await rows(
      'select class_name, engine, query, pages, cursor, state, hit_count from queries order by 1, 2, 3',
    ),
  };
}

describe.each(databasesUnderTest(process.env).filter(({ available }) => available))(
  'crawlProject ($name)',
  ({ url }) => {
    beforeAll(async () => {
      database = await createTestDatabase(url);
      jobs = await JobQueue.open(database);
    });
    afterAll(async () => {
      await jobs.close();
      await database.close();
    });
    beforeEach(() => database.reset());

    it('stores hits, files and their provenance', async () => {
      const result = await crawl();
      // A class has 12 Openverse and 4 Commons hits, 2 of them the same URLs.
      expect(result).toMatchObject({ hits: 32, urls: 28, pending: 0, outcomes: { stored: 28, duplicate_url: 4 } });
      expect(result.perClass['cat']).toEqual({ hits: 16, urls: 14, images: 14 });
      expect(result.perEngine['commons']).toEqual({ hits: 8, urls: 8, images: 8 });
      const files = storedFiles();
      expect(files).toHaveLength(28);
      for (const name of files) {
        const bytes = readFileSync(path.join(stateDir, 'blobs', name.slice(0, 2), name));
        expect(createHash('sha256').update(bytes).digest('hex')).toBe(name);
      }
      const { hits, occurrences } = await tables(database.db);
      expect(occurrences).toHaveLength(32);
      expect(hits).toContainEqual(
        expect.objectContaining({
          engine: 'openverse',
          query: 'cat',
          page: 2,
          rank: 3,
          image_url: 'http://img.test/cat/o2-3.png',
          page_url: 'http://page.test/cat/2-3',
          license: 'by 2.0',
          creator: 'someone',
        }),
      );
    });

    it('encodes images for the next build on the way, if asked to', async () => {
      const encoding = { size: 24, policy: 'cover', format: 'jpeg', quality: 90, maxPixels: 1e6 } as const;
      await crawl({ encoding });
      const files = storedFiles();
      const identity = encodingIdentity(
        { build: { size: 24, resize: 'cover', format: 'jpeg', quality: 90 }, imaging: imagingVersions() },
        CREATED_BY,
      );
      const cache = await EncodingCache.find(stateDir, identity ?? '', new Set(files));
      expect([...cache.digests()].sort()).toEqual(files);
      for (const name of files) {
        const original = readFileSync(path.join(stateDir, 'blobs', name.slice(0, 2), name));
        const made = await makeSquare(original, encoding);
        expect(await cache.read(name)).toEqual({ extension: 'jpg', bytes: made.ok ? made.bytes : null });
      }
      rmSync(stateDir, { recursive: true });
      await database.reset();
      await crawl();
      expect(storedFiles()).toEqual(files);
      expect(existsSync(path.join(stateDir, ENCODING_CACHE))).toBe(false);
    });

    it('does nothing when it is run again', async () => {
      const first = await crawl();
      const before = await tables(database.db);
      server.requests.length = 0;
      const second = await crawl();
      expect(server.requests).toEqual([]);
      expect(content(second)).toEqual(content(first));
      expect(await tables(database.db)).toEqual(before);
    });

    it('takes pages of the engines in turn, and more when more are wanted', async () => {
      await crawl({ harvest: { perClass: 5 } });
      // Openverse page 1 has 4, Commons adds 2: enough.
      expect((await tables(database.db)).queries).toEqual(
        expect.arrayContaining([expect.objectContaining({ class_name: 'cat', engine: 'openverse', pages: 1 })]),
      );
      await crawl({ harvest: { perClass: 9 } });
      const oneGo = await tables(database.db);
      await database.reset();
      await crawl({ harvest: { perClass: 9 } });
      expect(await tables(database.db)).toEqual(oneGo);
    });

    it('comes to the same tables whatever the concurrency, and after being stopped anywhere', async () => {
      await crawl({ harvest: { concurrency: 1 } });
      const expected = await tables(database.db);
      await database.reset();
      await crawl({ harvest: { concurrency: 16, perHost: 16 } });
      expect(await tables(database.db)).toEqual(expected);
      for (const stopAfter of [1, 6, 20]) {
        await database.reset();
        rmSync(path.join(stateDir, 'blobs'), { recursive: true, force: true });
        const controller = new AbortController();
        const stopping = crawl({
          signal: controller.signal,
          harvest: { concurrency: 2 },
          clock: new TestClock(),
        });
        onRequest = () => {
          if (server.requests.length >= stopAfter) controller.abort();
        };
        server.requests.length = 0;
        await expect(stopping).rejects.toMatchObject({ code: 'INTERRUPTED' });
        onRequest = () => undefined;
        await crawl();
        expect(await tables(database.db)).toEqual(expected);
      }
    });

    it('counts bad answers by outcome and tries again what may pass', async () => {
      const clock = new TestClock();
      const html = '<!doctype html><html><body>log in</body></html>';
      const good = (name: string) => pictures.get(name) ?? Buffer.alloc(0);
      special.set('/cat/o1-1.png', (response) => response.writeHead(404).end());
      special.set('/cat/o1-2.png', (response) => response.end(html));
      special.set('/cat/o1-3.png', (response) => response.end());
      special.set('/cat/o1-4.png', (response, attempt) => {
        if (attempt < 3) response.writeHead(429, { 'retry-after': '2' }).end();
        else response.end(good('/cat/o1-4.png'));
      });
      special.set('/cat/o2-1.png', (response, attempt) => {
        if (attempt === 1) response.writeHead(503).end();
        else if (attempt === 2) response.destroy();
        else response.end(good('/cat/o2-1.png'));
      });
      special.set('/cat/o2-2.png', (response, _attempt, referer) => {
        if (referer === 'http://page.test/cat/2-2') response.end(good('/cat/o2-2.png'));
        else response.writeHead(403).end();
      });
      special.set('/cat/o2-3.png', (response) => {
        const bytes = good('/cat/o2-3.png');
        response.end(bytes.subarray(0, Math.floor(bytes.length * 0.6)));
      });
      special.set('/cat/o2-4.png', (response) =>
        response.writeHead(200, { 'x-robots-tag': 'NoImageAI, noindex' }).end(good('/cat/o2-4.png')),
      );
      special.set('/cat/o3-1.png', (response) => response.writeHead(302, { location: '/private/x.png' }).end());
      special.set('/cat/o3-2.png', (response) => response.writeHead(302, { location: '/cat/o3-2.png' }).end());
      special.set('/cat/o3-3.png', (response) =>
        response.writeHead(302, { location: `http://${server.address}/canary.png` }).end(),
      );
      special.set('/cat/o3-4.png', (response) => response.end(good('/cat/c1.png')));
      special.set('/cat/c2.png', (response) => response.writeHead(500).end());
      const result = await crawl({ clock });
      expect(result.outcomes).toEqual({
        stored: 14 + 4,
        duplicate_bytes: 1,
        duplicate_url: 4,
        gone: 1,
        not_an_image: 1,
        empty_body: 1,
        truncated: 1,
        opted_out: 1,
        robots_disallowed: 1,
        too_many_redirects: 1,
        address_refused: 1,
        server_error: 1,
      });
      expect(clock.waited).toContain(2000);
      expect(attempts.get('/cat/c2.png')).toBe(5);
      expect(server.requests).not.toContain(`${server.address}/canary.png`);
      expect(server.requests).not.toContain('img.test/private/x.png');
      expect(result.retryLater).toBe(1);

      server.requests.length = 0;
      await crawl({ clock });
      expect(imageRequests()).toEqual([]);
      special.delete('/cat/c2.png');
      await clock.wait(24 * 3600 * 1000 - 1);
      const later = await crawl({ clock });
      expect(imageRequests()).toEqual(['img.test/cat/c2.png']);
      expect(later.outcomes.server_error).toBeUndefined();
      server.requests.length = 0;
      special.delete('/cat/o1-1.png');
      await crawl({ clock, retryFailed: true });
      expect(imageRequests()).toContain('img.test/cat/o1-1.png');
    });

    it.each(['Fri, 31 Dec 12000 23:59:59 GMT', 'Sat, 13 Sep 275760 00:00:00 GMT', '999999999'])(
      'goes on when a host or an engine asks to wait until %s, and waits 30 days at most',
      async (wait) => {
        const clock = new TestClock();
        special.set('/cat/c1.png', (response) => response.writeHead(429, { 'retry-after': wait }).end());
        special.set('/dog/c1.png', (response) => response.writeHead(503, { 'retry-after': wait }).end());
        openverseMode = 'rate';
        openverseWait = wait;
        const result = await crawl({ clock, harvest: { perHost: 1, concurrency: 1 } });
        expect(result.outcomes).toMatchObject({ rate_limited: expect.any(Number) });
        expect(result.suspended[0]?.suspendedUntil?.getTime()).toBeLessThanOrEqual(clock.now() + THIRTY_DAYS);
        openverseMode = 'ok';
        special.clear();
        await clock.wait(THIRTY_DAYS + 1);
        expect(await crawl({ clock })).toMatchObject({ hits: 32, suspended: [], outcomes: { stored: 28 } });
      },
    );

    it('names a page as Referer without its credentials, and only where a header can hold it', async () => {
      await crawl({ harvest: { perClass: 1, engines: ['openverse'] }, limit: 0 });
      const pages = {
        '/cat/o1-1.png': [
          'http://me:secret@page.test/katze/größe?q=猫#top',
          'http://page.test/katze/gr%C3%B6%C3%9Fe?q=%E7%8C%AB',
        ],
        '/cat/o1-2.png': ['no address', undefined],
        '/cat/o1-3.png': ['javascript:alert(1)', undefined],
      } as const;
      const referers = new Map<string, (string | undefined)[]>();
      for (const [name, [pageUrl]] of Object.entries(pages)) {
        const set = `update fetches set page_url = '${pageUrl}' where canonical_url = 'http://img.test${name}'`;
        await database.db.execute(set);
        referers.set(name, []);
        special.set(name, (response, _attempt, referer) => {
          referers.get(name)?.push(referer);
          response.writeHead(403).end();
        });
      }
      const result = await crawl({ harvest: { perClass: 1, engines: ['openverse'] } });
      expect(result.outcomes).toMatchObject({ forbidden: 3 });
      expect(result.outcomes.network_error).toBeUndefined();
      for (const [name, [, referer]] of Object.entries(pages)) {
        expect(referers.get(name)).toEqual(referer === undefined ? [undefined] : [undefined, referer]);
      }
    });

    it('leaves no listener on the signal that it was given', async () => {
      const { signal } = new AbortController();
      const listen = jest.spyOn(signal, 'addEventListener');
      await crawl({ signal, harvest: { concurrency: 32, perHost: 16 } });
      expect(listen).not.toHaveBeenCalled();
    });

    it('leaves a blocked engine alone and goes on with the others', async () => {
      const clock = new TestClock();
      openverseMode = 'rate';
      const result = await crawl({ clock });
      expect(result).toMatchObject({ hits: 8, outcomes: { stored: 8 } });
      expect(result.suspended).toEqual([
        expect.objectContaining({
          engine: 'openverse',
          reason: 'rate_limited',
          suspendedUntil: new Date(clock.now() + 7200_000),
        }),
      ]);
      openverseMode = 'ok';
      server.requests.length = 0;
      await crawl({ clock });
      expect(server.requests).toEqual([]);
      await clock.wait(7200_001);
      expect(await crawl({ clock })).toMatchObject({ hits: 32, urls: 28, suspended: [], outcomes: { stored: 28 } });
    });

    it('fetches nothing from a host whose robots.txt cannot be read, for now', async () => {
      special.set('/cat/o1-1.png', (response) =>
        response.writeHead(302, { location: 'http://closed.test/cat/o1-2.png' }).end(),
      );
      const result = await crawl();
      expect(result.outcomes.robots_disallowed).toBe(1);
      expect(result.retryLater).toBe(1);
      expect(server.requests.filter((line) => line.startsWith('closed.test'))).toEqual(['closed.test/robots.txt']);
    });

    it('leaves a host alone that asks for it with any status, and the one that answered, not the one that sent there', async () => {
      for (const name of ['/cat/o1-1.png', '/cat/o1-2.png', '/dog/o2-1.png']) {
        special.set(name, (response) => response.writeHead(302, { location: 'http://other.test/shut.png' }).end());
      }
      special.set('/shut.png', (response) => response.writeHead(503, { 'retry-after': '3600' }).end());
      const clock = new TestClock();
      const result = await crawl({ clock, harvest: { perHost: 1 } });
      expect(server.requests.filter((line) => line === 'other.test/shut.png')).toHaveLength(1);
      expect(result.outcomes).toMatchObject({ stored: 25 });
      const [host] = (await database.executeSql("select suspended_until from hosts where host = 'other.test'")).rows;
      expect(host?.['suspended_until']).not.toBeNull();
      const [origin] = (await database.executeSql("select suspended_until from hosts where host = 'img.test'")).rows;
      expect(origin?.['suspended_until']).toBeNull();
    });

    it('does not come back within one crawl to what says Retry-After: 0', async () => {
      special.set('/cat/o1-1.png', (response) => response.writeHead(503, { 'retry-after': '0' }).end());
      const result = await crawl();
      expect(imageRequests().filter((line) => line.endsWith('/cat/o1-1.png'))).toHaveLength(5);
      expect(result).toMatchObject({ retryLater: 1, outcomes: { server_error: 1 } });
    });

    it('asks an engine no more once it wants to be left alone, whatever waits in line', async () => {
      openverseMode = 'rate';
      const names = Array.from({ length: 6 }, (_, index) => `c${index}`);
      await crawl({
        project: { name: 'pets', classes: names.map((name) => ({ name, queries: [name] })) },
        harvest: { engines: ['openverse'], perHost: 1 },
      });
      expect(server.requests.filter((line) => line.startsWith('api.openverse.org/v1'))).toHaveLength(1);
    });

    it('ends where classes or queries of an earlier crawl are gone', async () => {
      await crawl({ harvest: { perClass: 14 }, limit: 0 });
      const changed = await crawl({
        harvest: { perClass: 20 },
        project: { name: 'pets', classes: [{ name: 'cat', queries: ['dog'] }] },
      });
      // Those listed by the old query, and by the new one.
      expect(changed.perClass['cat']?.images).toBe(28);
    });

    it('looks again with --since, for what is new and what has changed, even where a class is full', async () => {
      const clock = new TestClock();
      await crawl({ clock, harvest: { engines: ['openverse'], perClass: 4 } });
      await clock.wait(1000);
      server.requests.length = 0;
      const since = new Date(clock.now());
      await crawl({ clock, since, harvest: { engines: ['openverse'], perClass: 4 } });
      const asked = server.requests.filter((line) => line.startsWith('api.openverse.org/v1'));
      expect(asked.map((line) => new URL(`http://${line}`).searchParams.get('page'))).toEqual(['1', '1']);
      expect((await tables(database.db)).queries).toContainEqual(
        expect.objectContaining({ class_name: 'cat', state: 'pending', cursor: { page: 2 } }),
      );
      // And goes on where it was.
      const more = await crawl({ clock, harvest: { engines: ['openverse'], perClass: 8 } });
      expect(more.perClass['cat']).toMatchObject({ urls: 8, images: 8 });
    });

    it('stores nothing of what is to be forgotten while it is under way', async () => {
      let forgetting: Promise<unknown> | undefined;
      const targets = { urls: [], hosts: ['img.test'], digests: [] };
      onRequest = () => {
        if (imageRequests().length === 3) forgetting ??= forgetImages(database.db, 'pets', targets);
      };
      await crawl({ harvest: { perHost: 1 } });
      onRequest = () => undefined;
      const { images: forgottenImages } = (await forgetting) as { images: readonly string[] };
      const { images, fetches } = await tables(database.db);
      expect([images, fetches]).toEqual([[], []]);
      // Their files are the caller's to remove; no other file is there.
      expect(storedFiles().filter((name) => !forgottenImages.includes(name))).toEqual([]);
    });

    it('fetches at most --limit images', async () => {
      const result = await crawl({ limit: 5 });
      expect(result).toMatchObject({ tried: 5, pending: 23, outcomes: { stored: 5 } });
    });

    it('fetches imported URLs, by the same rules, also of classes without queries', async () => {
      const paths = ['cat/o1-1.png', 'dog/o1-1.png', 'private/1.png', 'none.png'];
      const hits = paths.map((name, index) => {
        const canonicalUrl = `http://img.test/${name}`;
        return {
          className: index === 0 ? 'cat' : 'dog',
          rank: index + 1,
          imageUrl: canonicalUrl,
          canonicalUrl,
          sha256: null,
        };
      });
      special.set('/none.png', (response) => {
        response.statusCode = 404;
        response.end();
      });
      const source = { project: 'pets', engine: 'import', query: 'urls.csv' } as const;
      await ensureCrawlPlan(database.db, { project: 'pets', classes: ['cat', 'dog'], queries: [] });
      await recordImports(database.db, source, { hits, images: [], at: new Date() });
      const project = { name: 'pets', classes: [{ name: 'cat' }, { name: 'dog' }] };
      const result = await crawl({ project });
      expect(result).toMatchObject({ hits: 4, pending: 0, outcomes: { stored: 2, gone: 1, robots_disallowed: 1 } });
      expect(imageRequests()).toHaveLength(3);
      const { fetches, occurrences } = await tables(database.db);
      expect([fetches.length, occurrences.length, storedFiles().length]).toEqual([4, 2, 2]);
      server.requests.length = 0;
      await crawl({ project });
      expect(server.requests).toEqual([]);
      // One class is searched for as well.
      const mixed = { name: 'pets', classes: [{ name: 'cat', queries: ['cat'] }, { name: 'dog' }] };
      const more = await crawl({ project: mixed, harvest: { engines: ['openverse'] } });
      expect(more.perClass).toMatchObject({ cat: { hits: 13, urls: 12, images: 12 }, dog: { hits: 3, images: 1 } });
    });
  },
);
