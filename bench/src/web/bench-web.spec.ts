import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { analyseImage } from '@winnow/imaging';
import { loopbackGet } from '@winnow/testing';
import { benchImages } from './bench-images';
import type { BenchImage } from './bench-images';
import { startBenchWeb } from './bench-web';
import type { BenchWeb } from './bench-web';

const LIMITS = { maxPixels: 1e7, minSide: 1, maxAspectRatio: 10 };
const COUNT = 24;

function bitsApart(a: string, b: string): number {
  return (BigInt(`0x${a}`) ^ BigInt(`0x${b}`)).toString(2).replaceAll('0', '').length;
}

describe('the benchmark', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'winnow-bench-'));
  let images: readonly BenchImage[];
  let web: BenchWeb;

  beforeAll(async () => {
    images = await benchImages({ folder: path.join(folder, 'a'), count: COUNT, seed: 5 });
    web = await startBenchWeb(path.join(folder, 'a'), images);
  });
  afterAll(async () => {
    await web.close();
    rmSync(folder, { recursive: true });
  });

  it('draws images of the sizes and with the bytes of photographs, no two alike', async () => {
    const hashes: string[] = [];
    for (const { file, width, height, bytes } of images) {
      const data = readFileSync(path.join(folder, 'a', file));
      expect(data).toHaveLength(bytes);
      const facts = await analyseImage(data, LIMITS);
      expect(facts).toMatchObject({ ok: true, mime: 'image/jpeg', width, height });
      if (!facts.ok) continue;
      expect(facts.pdqQuality).toBeGreaterThanOrEqual(50);
      for (const hash of hashes) expect(bitsApart(hash, facts.pdq)).toBeGreaterThan(64);
      hashes.push(facts.pdq);
      expect([Math.min(width, height) >= 300, Math.max(width, height) <= 1600]).toEqual([true, true]);
    }
    const sum = (of: (image: BenchImage) => number): number => images.reduce((total, one) => total + of(one), 0);
    const bitsPerPixel = (8 * sum(({ bytes }) => bytes)) / sum(({ width, height }) => width * height);
    expect(bitsPerPixel).toBeGreaterThan(1.4);
    expect(bitsPerPixel).toBeLessThan(2.6);
  });

  it('draws the same image again, however many are wanted, and only what is missing', async () => {
    const other = path.join(folder, 'b');
    const two = await benchImages({ folder: other, count: 2, seed: 5 });
    expect(two).toEqual(images.slice(0, 2));
    for (const { file } of two) {
      expect(readFileSync(path.join(other, file)).equals(readFileSync(path.join(folder, 'a', file)))).toBe(true);
    }
    const made = statSync(path.join(other, '000000.jpg')).mtimeMs;
    await benchImages({ folder: other, count: 3, seed: 5 });
    expect(statSync(path.join(other, '000000.jpg')).mtimeMs).toBe(made);
  });

  it('lists every image once, twenty a page', async () => {
    const listed: string[] = [];
    for (const name of web.classes) {
      for (let page = 1, pages = 1; page <= pages; page += 1) {
        const reply = await loopbackGet(
          web.port,
          `http://api.openverse.org/v1/images/?q=${encodeURIComponent(name)}&page=${page}`,
        );
        const json = JSON.parse(reply.body.toString('utf8')) as { page_count: number; results: { url: string }[] };
        pages = json.page_count;
        expect(json.results.length).toBeLessThanOrEqual(20);
        listed.push(...json.results.map(({ url }) => url));
      }
    }
    expect(listed).toEqual(web.urls);
    expect(new Set(listed).size).toBe(COUNT);
    for (const url of listed) expect(web.resolve[new URL(url).hostname]).toBe(`127.0.0.1:${web.port}`);
  });

  it('serves images, also as a proxy, and counts', async () => {
    const before = web.imageRequests();
    const expected = readFileSync(path.join(folder, 'a', images[20]?.file ?? ''));
    const direct = await loopbackGet(web.port, web.urls[20] ?? '');
    expect(direct.body.equals(expected)).toBe(true);
    const proxied = await new Promise<Buffer>((resolve, reject) => {
      request(
        { host: '127.0.0.1', port: web.port, path: web.urls[20], headers: { host: new URL(web.urls[20] ?? '').host } },
        (reply) => {
          const chunks: Buffer[] = [];
          reply.on('data', (chunk: Buffer) => chunks.push(chunk)).once('end', () => resolve(Buffer.concat(chunks)));
        },
      )
        .once('error', reject)
        .end();
    });
    expect(proxied.equals(expected)).toBe(true);
    expect((await loopbackGet(web.port, 'http://site-0.bench.test/photos/none.jpg')).status).toBe(404);
    expect(web.imageRequests() - before).toBe(2);
  });
});
