import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ImageDetail, ImageSquares, ImageWindow } from '@winnow/contracts';
import { decodeImage, encodeJpeg, encodePng } from '@winnow/imaging';
import { forgetImages } from '@winnow/db';
import { SeededRandom } from '@winnow/random';
import { blobPath } from '@winnow/store';
import { deepZeroPng, manyFramesGif, manyScansJpeg } from '../../../../libs/imaging/src/spec-support/hostile-images';
import { openNewStudio } from '../spec-support/studio-project';
import type { StudioProject, StudioUnderTest } from '../spec-support/studio-project';

const grey = (width: number, height: number) => ({ width, height, data: new Uint8Array(width * height * 3).fill(99) });
function noise(side: number) {
  const random = new SeededRandom(1);
  return { width: side, height: side, data: Uint8Array.from({ length: side * side * 3 }, () => random.int(256)) };
}
const SVG = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>');
const PAGE = Buffer.from('<!doctype html><script>alert(1)</script>');
const MARK = 'EVIL-METADATA';

/** A JPEG with a comment that is a page, and a page behind its end. */
async function polyglot(): Promise<Buffer> {
  const jpeg = Buffer.from(await encodeJpeg(grey(40, 40), 80));
  const text = Buffer.concat([Buffer.from(MARK), PAGE]);
  const comment = Buffer.concat([Buffer.of(0xff, 0xfe, 0, text.length + 2), text]);
  return Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2), PAGE, Buffer.from(MARK)]);
}

const TITLE = `<img src=x onerror="alert(1)">\u202egnp.exe\u001b[2J${'x'.repeat(10_000)}`;

let project: StudioProject;
let studio: StudioUnderTest;
let capability: string;

beforeAll(async () => {
  const imported = new Map<number, Uint8Array>([
    [0, await polyglot()],
    [1, SVG],
    [2, deepZeroPng(12_000, false)],
    [3, Buffer.from('\xff\xd8\xff broken', 'latin1')],
    [4, await encodePng(grey(1, 60_000))],
    [5, manyScansJpeg(512, 3000)],
    [6, manyFramesGif(2000)],
    [7, await encodePng(grey(3000, 1500))],
    [12, await encodeJpeg(noise(600), 95)],
  ]);
  studio = await openNewStudio({ title: TITLE, imported, count: 13 });
  ({ project } = studio);
  ({ capability } = (await studio.ask('/api/project')).body as { capability: string });
});
afterAll(async () => {
  await studio.close();
});

const picture = (size: string, index: number) => studio.ask(`/pic/${capability}/${size}/${project.digests[index]}`);

async function decoded(bytes: Uint8Array): Promise<{ width: number; height: number }> {
  const image = await decodeImage(bytes, { maxPixels: 1e8, minSide: 1, maxAspectRatio: 1e5 });
  if (!image.ok) throw new Error(image.detail);
  return image.image;
}

describe('bytes of images', () => {
  it('are those of the shard where the build encoded them', async () => {
    const { status, headers, bytes } = await picture('square', 8);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'image/jpeg',
      'content-security-policy': expect.stringContaining('sandbox'),
      'cache-control': expect.stringContaining('immutable'),
    });
    expect(await decoded(bytes)).toMatchObject({ width: 16, height: 16 });
  });

  it('of originals are encoded anew', async () => {
    const { status, headers, bytes } = await picture('original', 8);
    expect([status, headers['content-type']]).toEqual([200, 'image/jpeg']);
    expect(await decoded(bytes)).toMatchObject({ width: 80, height: 80 });
  });

  it.each(['square', 'original'])('never hold what came from the web: %s', async (size) => {
    const { status, headers, bytes } = await picture(size, 0);
    expect([status, headers['content-type']]).toEqual([200, 'image/jpeg']);
    expect(bytes.includes(MARK)).toBe(false);
    expect(bytes.includes('<script')).toBe(false);
  });

  it.each([
    ['SVG', 1],
    ['a bomb of zeros', 2],
    ['a broken file', 3],
    ['a JPEG of thousands of scans', 5],
  ])('of %s are refused', async (_what, index) => {
    for (const size of ['square', 'original']) {
      const { status, headers, bytes } = await picture(size, index);
      expect(status).toBe(422);
      expect(headers['content-type']).toContain('application/json');
      expect(bytes.includes('<svg')).toBe(false);
    }
  });

  it.each([
    ['a line of 1 x 60,000', 4, (longer: number) => longer <= 2048],
    ['an animation, by its first frame', 6, (longer: number) => longer > 0],
    ['a large image, shrunk', 7, (longer: number) => longer === 2048],
  ])('of %s are shown', async (_what, index, isRight) => {
    const { status, bytes } = await picture('original', index);
    expect(status).toBe(200);
    const { width, height } = await decoded(bytes);
    expect(isRight(Math.max(width, height))).toBe(true);
  });

  it.each(['thumb', 'square.svg', '..'])('have no other size: %s', async (size) => {
    expect((await picture(size, 8)).status).toBe(404);
  });
});

describe('images of a list', () => {
  const squares = async (digests: readonly (string | undefined)[]) =>
    (await studio.ask(`/api/squares?sha256=${digests.join(',')}`)).body as ImageSquares;

  it('come together, each with the bytes that it has by itself, in the order they were asked for', async () => {
    const indices = [11, 8, 0, 10];
    const alone = await Promise.all(indices.map((index) => picture('square', index)));
    const expected = alone.map(({ bytes }) => `data:image/jpeg;base64,${bytes.toString('base64')}`);
    expect(await squares(indices.map((index) => project.digests[index]))).toEqual({ squares: expected });
  });

  it('are as many as one answer holds, where they are large', async () => {
    const found = (await squares(Array.from({ length: 90 }, () => project.digests[12]))).squares;
    const length = found.reduce((sum, square) => sum + (square?.length ?? 0), 0);
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThan(90);
    expect(length).toBeLessThan(8e6);
  });

  it('are left out one by one where they cannot be shown, or are of no image', async () => {
    const digests = [...[1, 8, 2, 3, 5].map((index) => project.digests[index]), '0'.repeat(64)];
    const shown = (await squares(digests)).squares.map((square) => square !== null);
    expect(shown).toEqual([false, true, false, false, false, false]);
  });

  it.each([
    ['none', []],
    ['more than a hundred', Array.from({ length: 101 }, () => '0'.repeat(64))],
    ['something else', ['..']],
  ])('are not asked for with %s', async (_what, digests) => {
    expect((await studio.ask(`/api/squares?sha256=${digests.join(',')}`)).status).toBe(400);
  });
});

describe('text from the web', () => {
  it('is short, and turns nothing around it', async () => {
    const { listings } = (await studio.ask(`/api/images/${project.digests[9]}`)).body as ImageDetail;
    const title = listings[0]?.title ?? '';
    expect(title.length).toBeLessThanOrEqual(1001);
    expect(title).toMatch(/^<img src=x onerror="alert\(1\)"> gnp\.exe \[2Jx+…$/);
  });
});

describe('an image', () => {
  it('whose original is gone says what to do', async () => {
    const sha256 = project.digests[10] as string;
    rmSync(blobPath(project.config.paths.blobs, sha256));
    expect((await picture('original', 10)).status).toBe(404);
    expect((await picture('square', 10)).status).toBe(200);
    const { missing } = (await studio.ask(`/api/images/${sha256}`)).body as ImageDetail;
    expect(missing).toMatch(/gone.*winnow verify p\.yaml --repair/);
  });

  it('whose original was changed is not shown', async () => {
    writeFileSync(
      blobPath(project.config.paths.blobs, project.digests[11] as string),
      await encodeJpeg(grey(9, 9), 80),
    );
    expect((await picture('original', 11)).status).toBe(404);
  });

  it('of a shard that was damaged or cut is refused, and no browser keeps what it was sent; the others are shown', async () => {
    const other = await openNewStudio();
    const { project: damaged } = other;
    try {
      const shard = path.join(damaged.config.paths.builds, damaged.buildId, 'train-000000.tar');
      const { capability: own } = (await other.ask('/api/project')).body as { capability: string };
      const ask = async (index: number) => {
        const { status, body, headers } = await other.ask(`/pic/${own}/square/${damaged.digests[index]}`);
        return [status, (body as { error?: { next: string } }).error?.next, headers['cache-control']];
      };
      const areThere = async () => {
        const { body } = await other.ask(`/api/squares?sha256=${damaged.digests.slice(0, 2).join(',')}`);
        return (body as ImageSquares).squares.map((square) => square !== null);
      };
      const bytes = readFileSync(shard);
      const member = bytes.indexOf(Buffer.of(0xff, 0xd8, 0xff));
      writeFileSync(shard, bytes.fill(0, member, member + 64));
      expect(await ask(0)).toEqual([422, expect.stringContaining('winnow verify'), undefined]);
      expect(await ask(1)).toEqual([200, undefined, expect.stringContaining('immutable')]);
      expect(await areThere()).toEqual([false, true]);
      truncateSync(shard, member + 64);
      expect(await ask(1)).toEqual([422, expect.stringContaining('winnow build'), undefined]);
      expect(await areThere()).toEqual([false, false]);
    } finally {
      await other.close();
    }
  });

  it('that was to be forgotten has neither bytes nor text', async () => {
    const sha256 = project.digests[9] as string;
    const targets = { urls: [], hosts: [], digests: [sha256] };
    await studio.context.database.use((db) => forgetImages(db, 'p', targets));
    await studio.context.facts.renew();
    const window = (await studio.ask('/api/images?from=9&count=1')).body as ImageWindow;
    expect(window.tiles[0]).toMatchObject({ sha256, isForgotten: true });
    expect((await picture('square', 9)).status).toBe(410);
    expect((await picture('original', 9)).status).toBe(410);
    expect((await studio.ask(`/api/squares?sha256=${sha256}`)).body).toEqual({ squares: [null] });
    const detail = (await studio.ask(`/api/images/${sha256}`)).body as ImageDetail;
    expect(detail).toMatchObject({ listings: [], missing: expect.stringContaining('forgotten') });
  });
});
