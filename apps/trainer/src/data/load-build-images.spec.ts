import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadProject } from '@winnow/config';
import type { CommandIo, SampleRecord } from '@winnow/contracts';
import type { BuildRecord } from '@winnow/db';
import { centredSquare, encodeJpeg, encodePng, encodeWebp, resampleRegion, wholeRegion } from '@winnow/imaging';
import type { RgbImage } from '@winnow/imaging';
import { openPixels, writeManifest, writeShard } from '@winnow/shards';
import { mkdir } from 'node:fs/promises';
import type { OpenProject } from '../open-project';
import { loadBuildImages } from './load-build-images';

const SIZE = 8;
const COUNT = 5;
const picture = (index: number): Uint8Array =>
  Uint8Array.from({ length: SIZE * SIZE * 3 }, (_, at) => (at * 7 + index * 40) % 256);
const record = (index: number): SampleRecord => ({
  key: `key-${index}`,
  className: index % 2 === 0 ? 'cat' : 'dog',
  label: index % 2,
  width: SIZE,
  height: SIZE,
  sha256: String(index).padStart(64, '0'),
  pixelSha256: String(index).padStart(64, '1'),
  pdq: '0'.repeat(64),
  pdqQuality: 90,
  conflicts: [],
  copies: 1,
  provenance: [],
});

let folder: string;
let build: BuildRecord;
const directory = () => path.join(folder, '.winnow/builds/one');
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-build-images-'));
  const pictures = Array.from({ length: COUNT }, (_, index) => ({ width: SIZE, height: SIZE, data: picture(index) }));
  await writeBuild(await Promise.all(pictures.map(async (image) => ({ bytes: await encodePng(image) }))));
});

/** Makes the build anew of these files, whatever their format. */
async function writeBuild(files: readonly { readonly bytes: Uint8Array; readonly unchanged?: true }[]): Promise<void> {
  rmSync(directory(), { recursive: true, force: true });
  await mkdir(directory(), { recursive: true });
  const entries = files.map(({ bytes, unchanged }, index) => ({
    record: { ...record(index), ...(unchanged === true ? { unchanged } : {}) },
    extension: 'png' as const,
    bytes,
  }));
  const shard = await writeShard({ path: path.join(directory(), 'train-000000.tar'), entries });
  const { manifest } = await writeManifest(directory(), {
    name: 'p',
    classes: ['cat', 'dog'],
    config: {},
    createdBy: 'spec',
    shards: [{ ...shard, split: 'train', records: entries.map((entry) => entry.record) }],
  });
  build = { id: 'one', digest: manifest.digest } as BuildRecord;
}
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function load(train: string, signal = new AbortController().signal, settings = `{ size: ${SIZE} }`) {
  writeFileSync(
    path.join(folder, 'p.yaml'),
    `name: p\nclasses: [{ name: cat }, { name: dog }]\nbuild: ${settings}\ntrain: ${train}\n`,
  );
  const config = await loadProject('p.yaml', { cwd: folder, env: {} });
  const progress = { start: () => ({ update: () => undefined, end: () => undefined }) };
  return loadBuildImages(
    { file: 'p.yaml', config, io: { progress, signal } as unknown as CommandIo } as OpenProject,
    build,
  );
}

const ALL = Buffer.concat(Array.from({ length: COUNT }, (_, index) => picture(index)));
const CACHE = `pixels-${SIZE}.rgb`;

describe('loadBuildImages', () => {
  it.each([
    ['memory', '{ method: kd }'],
    ['file', '{ method: kd, pixelMemoryBytes: 500 }'],
    ['encoded', '{ method: kd, pixelMemoryBytes: 500, augment: { basis: resized-crop } }'],
    ['file', '{ method: modul, pixelMemoryBytes: 500, augment: { basis: resized-crop } }'],
    ['encoded', '{ pixelMemoryBytes: 500, augment: { basis: resized-crop } }'],
  ])('keeps pixels in %s for train: %s, and they are the same', async (kind, train) => {
    const { images } = await load(train);
    expect(images.store.kind).toBe(kind);
    expect(images.keys).toEqual(['key-0', 'key-1', 'key-2', 'key-3', 'key-4']);
    expect([...images.labels]).toEqual([0, 1, 0, 1, 0]);
    const reader = openPixels(images);
    expect(Buffer.from(await reader.read([0, 1, 2, 3, 4])).equals(ALL)).toBe(true);
    await reader.close();
    expect(existsSync(path.join(directory(), CACHE))).toBe(kind === 'file');
  });

  it('gives images at the size of the views', async () => {
    const { images } = await load('{ method: kd, size: 16 }');
    const reader = openPixels(images);
    expect(images.size).toBe(16);
    expect(await reader.read([3])).toHaveLength(16 * 16 * 3);
  });

  it('stops when asked, and leaves no half file', async () => {
    const limited = '{ method: kd, pixelMemoryBytes: 500 }';
    await expect(load(limited, AbortSignal.abort())).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(existsSync(path.join(directory(), CACHE))).toBe(false);
  });

  it('refuses a build that the database does not know', async () => {
    build = { ...build, digest: 'other' };
    await expect(load('{ method: kd }')).rejects.toMatchObject({ code: 'DATA_CORRUPT' });
  });
});

const STORES = [
  ['memory', '{ method: kd }'],
  ['file', '{ method: kd, pixelMemoryBytes: 500 }'],
  ['encoded', '{ method: kd, pixelMemoryBytes: 500, augment: { basis: resized-crop } }'],
] as const;

/** Columns or rows of one grey each: what is cut off shows. */
function stripes(width: number, height: number, alongX = width > height): RgbImage {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => {
    const pixel = Math.floor(at / 3);
    return 10 * (alongX ? pixel % width : Math.floor(pixel / width));
  });
  return { width, height, data };
}

describe.each(STORES)('loadBuildImages into %s', (kind, train) => {
  async function readAll(settings: string, count: number): Promise<Buffer> {
    const { images } = await load(train, undefined, settings);
    expect(images.store.kind).toBe(kind);
    const reader = openPixels(images);
    const pixels = await reader.read(Array.from({ length: count }, (_, row) => row));
    await reader.close();
    return Buffer.from(pixels);
  }

  it('takes the middle of images that kept their shape', async () => {
    const pictures = [stripes(20, SIZE), stripes(SIZE, 13), stripes(SIZE, SIZE)];
    await writeBuild(await Promise.all(pictures.map(async (image) => ({ bytes: await encodePng(image) }))));
    const expected = pictures.flatMap((image) => {
      const middle = { ...centredSquare(image.width, image.height) };
      return [...resampleRegion(image, middle, SIZE)];
    });
    // Of 20 columns those from 6 to 13 are in the middle.
    expect(expected.slice(0, 6)).toEqual([60, 60, 60, 70, 70, 70]);
    expect([...(await readAll(`{ size: ${SIZE}, resize: keep }`, 3))]).toEqual(expected);
  });

  it('makes images that were imported as they are square, whatever their format and size', async () => {
    const pictures = [stripes(90, 30), stripes(5, 7), stripes(SIZE, SIZE)];
    const files = await Promise.all([
      encodePng(pictures[0] as RgbImage),
      encodeWebp(pictures[1] as RgbImage, 100),
      encodeJpeg(pictures[2] as RgbImage, 95),
    ]);
    await writeBuild(files.map((bytes) => ({ bytes, unchanged: true as const })));
    for (const resize of ['squash', 'keep', 'cover']) {
      const found = await readAll(`{ size: ${SIZE}, resize: ${resize} }`, 3);
      expect(found).toHaveLength(3 * SIZE * SIZE * 3);
      expect([...found.subarray(0, SIZE * SIZE * 3)]).toEqual([
        ...resampleRegion(
          pictures[0] as RgbImage,
          // As test images are cut under the same setting.
          (resize === 'squash' ? wholeRegion : centredSquare)(90, 30),
          SIZE,
        ),
      ]);
      const last = stripes(SIZE, SIZE).data;
      found
        .subarray(2 * SIZE * SIZE * 3)
        .forEach((value, at) => expect(Math.abs(value - (last[at] ?? 0))).toBeLessThan(4));
    }
  });
});

describe('loadBuildImages', () => {
  it.each(['squash', 'keep'])('refuses images of another size (%s), in every format', async (resize) => {
    for (const encode of [encodePng, (image: RgbImage) => encodeJpeg(image, 90)]) {
      await writeBuild([{ bytes: await encode(stripes(SIZE + 1, SIZE + 2)) }]);
      await expect(load('{ method: kd }', undefined, `{ size: ${SIZE}, resize: ${resize} }`)).rejects.toMatchObject({
        ...{ code: 'SHAPE_MISMATCH', message: expect.stringContaining('9 x 10') as string },
      });
    }
  });
});
