import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { decodeImage } from '@winnow/imaging';
import { loopbackGet } from '@winnow/testing';
import { crowdImage } from './crowd-image';
import { crowdPlan } from './crowd-plan';
import type { CrowdBehaviour } from './crowd-plan';
import { startCrowdWeb } from './crowd-web';
import type { CrowdWeb } from './crowd-web';
import { summariseHosts } from './host-limits';
import { createHostMeter } from './host-meter';
import { startStallMeter } from './stall-meter';

const SIZE = { images: 600, hosts: 30, classes: 2, seed: 7 };
const FREE = { delayMillis: 0, perHost: 100, toleranceMillis: 0 };
const plan = crowdPlan(SIZE);
const imageOf = (behaviour: CrowdBehaviour): number =>
  Array.from({ length: SIZE.images }, (_, image) => image).find((image) => plan.behaviourOf(image) === behaviour) ?? -1;

describe('crowdPlan', () => {
  it('lists every image by its own query, and an image of the next query on each page that has one', () => {
    expect(plan.classes.map(({ queries }) => queries.length)).toEqual([2, 2]);
    const pages = plan.classes.flatMap(({ queries }) => queries.map((query) => plan.pagesOf(query)));
    // 228 + 72 images a class, 19 of them a page.
    expect(pages.map((shown) => shown.length)).toEqual([12, 4, 12, 4]);
    expect(pages.flatMap((shown) => shown.flatMap((page) => page.slice(0, 19))).length).toBeGreaterThanOrEqual(600);
    const listed = pages.flat(2);
    expect(new Set(listed).size).toBe(600);
    // The second query of a class has 4 pages, so only as many pages of the first can show one of it.
    expect(listed).toHaveLength(600 + 4 + 4 + 4 + 4);
    expect(Math.max(...pages.flat().map((page) => page.length))).toBe(20);
  });

  it('makes one image in twenty faulty, of every kind, and knows what has to come of it', () => {
    const behaviours = Array.from({ length: 600 }, (_, image) => plan.behaviourOf(image));
    expect(behaviours.filter((behaviour) => behaviour !== 'image')).toHaveLength(30);
    expect(plan.truth).toMatchObject({
      urls: 600,
      hits: 616,
      images: 585,
      outcomes: { stored: 585, gone: 5, truncated: 5, not_an_image: 5 },
    });
    expect(plan.truth.occurrences).toBeLessThanOrEqual(585 + 16);
    expect(plan.truth.occurrences).toBeGreaterThanOrEqual(585);
  });

  it('is the same for the same size and another for another seed', () => {
    const behaviours = (seed: number) => {
      const other = crowdPlan({ ...SIZE, seed });
      return Array.from({ length: 600 }, (_, image) => other.behaviourOf(image));
    };
    expect(behaviours(7)).toEqual(behaviours(7));
    expect(behaviours(7)).not.toEqual(behaviours(8));
  });

  it('finds an image by its URL, at its own host only', () => {
    const { host, pathname } = new URL(plan.urlOf(31));
    expect(plan.imageAt(host, pathname)).toBe(31);
    expect(plan.imageAt('host0003.crowd.test', pathname)).toBeUndefined();
    expect(plan.imageAt(host, '/p/000600.png')).toBeUndefined();
    expect(plan.imageAt(host, '/')).toBeUndefined();
  });
});

describe('crowdImage', () => {
  it('makes images that decode and differ', async () => {
    const digests = Array.from({ length: 2000 }, (_, image) => sha256(crowdImage(image)));
    expect(new Set(digests).size).toBe(2000);
    const decoded = await decodeImage(crowdImage(1999), { maxPixels: 1e6, minSide: 24, maxAspectRatio: 5 });
    expect(decoded).toMatchObject({ ok: true, format: 'png', image: { width: 64, height: 48 } });
    // 1999 = 0x7cf
    expect(decoded.ok && [...decoded.image.data.subarray(0, 3)]).toEqual([0, 0x07, 0xcf]);
  });
});

describe('createHostMeter', () => {
  it('measures spacing, mean spacing and concurrency', () => {
    let now = 0;
    const meter = createHostMeter(() => now);
    expect(meter.read()).toEqual({
      requests: 0,
      seenSpacingMillis: null,
      worstSpacingMillis: null,
      worstMeanSpacingMillis: null,
      worstConcurrency: 0,
    });
    // Starts at 100, 200, ... 1000, then 1050: ten gaps of 950 together.
    const ends = Array.from({ length: 10 }, () => {
      now += 100;
      return meter.start(0);
    });
    expect(meter.read()).toMatchObject({ worstSpacingMillis: 100, worstMeanSpacingMillis: null, worstConcurrency: 10 });
    for (const end of ends) end();
    now += 50;
    meter.start(0)();
    expect(meter.read()).toEqual({
      requests: 11,
      seenSpacingMillis: 50,
      worstSpacingMillis: 50,
      worstMeanSpacingMillis: 95,
      worstConcurrency: 10,
    });
  });

  it('lets a request have come as early as it may have', () => {
    let now = 1000;
    const meter = createHostMeter(() => now);
    meter.start(70)();
    now = 1040;
    // When the second came does not matter: later is worse for the crawler than sooner.
    meter.start(30)();
    expect(meter.read()).toMatchObject({ seenSpacingMillis: 40, worstSpacingMillis: 110 });
  });
});

describe('startStallMeter', () => {
  beforeEach(() => jest.useFakeTimers({ now: 0 }));
  afterEach(() => jest.useRealTimers());

  it('tells how long something may have waited, during a stall and right after it', () => {
    const meter = startStallMeter(() => Date.now());
    jest.advanceTimersByTime(50);
    expect([meter.waitedMillis(), meter.worstMillis()]).toEqual([0, 0]);
    // 200 ms without a tick.
    jest.setSystemTime(250);
    expect(meter.waitedMillis()).toBe(195);
    jest.advanceTimersToNextTimer();
    expect(meter.worstMillis()).toBeGreaterThanOrEqual(195);
    expect(meter.waitedMillis()).toBe(meter.worstMillis());
    jest.advanceTimersToNextTimer();
    expect(meter.waitedMillis()).toBe(0);
    meter.stop();
  });
});

describe('summariseHosts', () => {
  const reading = (host: string, spacing: number | null, mean: number | null, concurrency: number) => ({
    host,
    requests: spacing === null ? 0 : 20,
    seenSpacingMillis: spacing === null ? null : spacing - 1,
    worstSpacingMillis: spacing,
    worstMeanSpacingMillis: mean,
    worstConcurrency: concurrency,
  });

  it('counts the hosts that were treated worse than promised', () => {
    const readings = [
      reading('good', 95, 100, 2),
      reading('close', 89, 101, 1),
      reading('fast', 91, 98.5, 2),
      reading('many', 200, 200, 3),
      reading('never-asked', null, null, 0),
    ];
    expect(summariseHosts(readings, { delayMillis: 100, perHost: 2, toleranceMillis: 10 })).toMatchObject({
      hosts: 4,
      requests: 80,
      seenSpacingMillis: 88,
      worstSpacingMillis: 89,
      worstMeanSpacingMillis: 98.5,
      worstConcurrency: 3,
      tooClose: 1,
      tooFast: 1,
      tooMany: 1,
      worst: [{ host: 'close' }, { host: 'fast' }, { host: 'good' }],
    });
  });
});

describe('startCrowdWeb', () => {
  let web: CrowdWeb;
  beforeEach(async () => {
    web = await startCrowdWeb({ ...SIZE, slowMillis: 0 });
  });
  afterEach(() => web.close());
  const get = (image: number) => loopbackGet(web.port, plan.urlOf(image));

  it('answers a search as Openverse does', async () => {
    const query = encodeURIComponent('class 01 query 002');
    const { body } = await loopbackGet(web.port, `http://api.openverse.org/v1/images/?q=${query}&page=2&page_size=20`);
    const page = JSON.parse(body.toString());
    expect(page).toMatchObject({ result_count: 76, page_count: 4, page: 2 });
    expect(page.results).toHaveLength(20);
    // The class's second query begins at image 228, the next class at 300.
    expect(page.results[0].url).toBe(plan.urlOf(228 + 19));
    expect(page.results[19].url).toBe(plan.urlOf(300 + 19));
    expect(JSON.stringify(await search('nothing'))).toContain('"results":[]');
  });

  async function search(query: string): Promise<unknown> {
    return JSON.parse((await loopbackGet(web.port, `http://api.openverse.org/v1/images/?q=${query}`)).body.toString());
  }

  it('serves each behaviour', async () => {
    const whole = crowdImage(imageOf('image'));
    expect((await get(imageOf('image'))).body).toEqual(whole);
    expect((await get(imageOf('gone'))).status).toBe(404);
    expect((await get(imageOf('html'))).headers['content-type']).toContain('text/html');
    const cut = imageOf('truncated');
    expect((await get(cut)).body).toEqual(crowdImage(cut).subarray(0, Math.floor(crowdImage(cut).length * 0.6)));
    expect((await get(imageOf('busy-once'))).status).toBe(503);
    const limited = await get(imageOf('rate-once'));
    expect([limited.status, limited.headers['retry-after']]).toEqual([429, '1']);
    await expect(get(imageOf('reset-once'))).rejects.toThrow(/ECONNRESET|socket hang up/);
    for (const behaviour of ['busy-once', 'rate-once', 'reset-once'] as const) {
      const second = await get(imageOf(behaviour));
      expect([behaviour, second.status, second.body.equals(crowdImage(imageOf(behaviour)))]).toEqual([
        behaviour,
        200,
        true,
      ]);
    }
    expect(web.counts(FREE).images).toMatchObject({
      requests: 10,
      urlsAsked: 7,
      repeatedRequests: 0,
      delivered: 6,
      urlsDelivered: 6,
      urlsDeliveredAgain: 0,
    });
  });

  it('tells what was asked for more than once', async () => {
    for (let time = 0; time < 3; time += 1) await get(imageOf('image'));
    await get(imageOf('gone'));
    await get(imageOf('gone'));
    expect(web.counts(FREE).images).toMatchObject({
      requests: 5,
      repeatedRequests: 3,
      delivered: 3,
      urlsDelivered: 1,
      urlsDeliveredAgain: 1,
    });
  });

  it('measures hosts apart and gives its counts as JSON', async () => {
    const web = await startCrowdWeb({ ...SIZE, slowMillis: 3_600_000 });
    // Images 49 and 199 are at the same host and slow: neither is answered before the other comes.
    const slow = [49, 199].map((image) => loopbackGet(web.port, plan.urlOf(image)));
    try {
      while (web.counts(FREE).images.requests < 2) await new Promise((resolve) => setImmediate(resolve));
      await loopbackGet(web.port, plan.urlOf(1));
      const { origin } = new URL(plan.urlOf(1));
      await loopbackGet(web.port, `${origin}/robots.txt`);
      await loopbackGet(web.port, `${origin}/.well-known/tdmrep.json`);
      const limits = 'delayMillis=600000&perHost=1&toleranceMillis=10';
      const { body } = await loopbackGet(web.port, `http://127.0.0.1:${web.port}/counts?${limits}`);
      expect(JSON.parse(body.toString())).toMatchObject({
        images: { requests: 3 },
        imageHosts: { hosts: 2, requests: 5, worstConcurrency: 2, tooClose: 2, tooMany: 1 },
        engine: { requests: 0, worstSpacingMillis: null },
        robotsRequests: 1,
        otherRequests: 1,
      });
      expect((await loopbackGet(web.port, 'http://elsewhere.test/')).status).toBe(421);
    } finally {
      await web.close();
      await Promise.allSettled(slow);
    }
  });
});

describe('serve-crowd-web', () => {
  const start = (...args: string[]) =>
    spawn(
      process.execPath,
      ['-r', './apps/winnow/bin/register-typescript.js', `${__dirname}/serve-crowd-web.ts`, ...args],
      { cwd: resolve(__dirname, '../../../..'), env: { ...process.env, NODE_OPTIONS: '' } },
    );

  it('says where it listens and ends with stdin', async () => {
    const child = start('--images', '600', '--hosts', '30', '--classes', '2', '--seed', '7');
    const exit = once(child, 'exit');
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const ready = JSON.parse(String((await lines.next()).value));
    expect(ready).toMatchObject({ classes: plan.classes, truth: plan.truth });
    expect(Object.keys(ready.resolve)).toHaveLength(31);
    expect(ready.resolve['host0030.crowd.test']).toBe(`127.0.0.1:${ready.port}`);
    expect((await loopbackGet(ready.port, 'http://host0030.crowd.test/robots.txt')).status).toBe(200);
    child.stdin.end();
    expect(await exit).toEqual([0, null]);
  });

  it('refuses sizes that it cannot play', async () => {
    const child = start('--images', 'many');
    let message = '';
    child.stderr.on('data', (chunk: Buffer) => (message += chunk.toString()));
    expect(await once(child, 'close')).toEqual([2, null]);
    expect(message).toContain('--images many is not a whole number');
  });
});

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
