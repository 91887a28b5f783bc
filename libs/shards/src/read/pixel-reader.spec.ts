import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { PixelStore, StoredImages } from '@winnow/contracts';
import { encodePng, resampleRegion, wholeRegion } from '@winnow/imaging';
import { SeededRandom } from '@winnow/random';
import { ensurePixelCache } from './pixel-cache';
import type { PixelCacheJob } from './pixel-cache';
import { openPixels } from './pixel-reader';

const SIZE = 6;
const COUNT = 5;
const BYTES = SIZE * SIZE * 3;
const random = new SeededRandom('images');
const pixels = Uint8Array.from({ length: COUNT * BYTES }, () => random.int(256));
const picture = (index: number): Uint8Array => pixels.subarray(index * BYTES, (index + 1) * BYTES);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-pixels-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const job = (more: Partial<PixelCacheJob> = {}): PixelCacheJob => ({
  path: path.join(folder, 'pixels.rgb'),
  digest: 'a'.repeat(64),
  count: COUNT,
  size: SIZE,
  decode: async (from, to) => pixels.slice(from * BYTES, to * BYTES),
  ...more,
});

const imagesIn = (store: PixelStore, more: Partial<StoredImages> = {}): StoredImages => ({
  count: COUNT,
  size: SIZE,
  keys: Array.from({ length: COUNT }, (_, index) => `key-${index}`),
  labels: new Int32Array(COUNT),
  classes: ['one', 'two'],
  store,
  rows: null,
  ...more,
});

async function makeStore(kind: PixelStore['kind']): Promise<PixelStore> {
  if (kind === 'memory') return { kind, size: SIZE, pixels };
  if (kind === 'file') return ensurePixelCache(job());
  const encoded = await Promise.all(
    Array.from({ length: COUNT }, (_, index) => encodePng({ width: SIZE, height: SIZE, data: picture(index) })),
  );
  writeFileSync(path.join(folder, 'all.bin'), Buffer.concat(encoded));
  const offsets = encoded.map((_, index) => encoded.slice(0, index).reduce((sum, { length }) => sum + length, 0));
  const images = encoded.map(({ length }, index) => ({ shard: 'all.bin', offset: offsets[index] as number, length }));
  return { kind, folder, images };
}

describe.each(['file', 'encoded'] as const)('a closed reader of images in %s', (kind) => {
  it('opens nothing again for reads that come late', async () => {
    const reader = openPixels(imagesIn(await makeStore(kind)));
    await reader.read([0]);
    await reader.close();
    await expect(reader.read([1])).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});

describe.each(['memory', 'file', 'encoded'] as const)('openPixels of images in %s', (kind) => {
  it('reads rows in the order asked for, repeats too', async () => {
    const reader = openPixels(imagesIn(await makeStore(kind)));
    const expected = Buffer.concat([picture(3), picture(0), picture(3)]);
    expect(Buffer.from(await reader.read([3, 0, 3])).equals(expected)).toBe(true);
    expect(await reader.read([])).toHaveLength(0);
    await reader.close();
  });

  it('reads regions, and a selection of rows', async () => {
    const reader = openPixels(imagesIn(await makeStore(kind), { count: 2, rows: Int32Array.of(4, 2) }));
    const region = { left: 1, top: 2, width: 4, height: 3 };
    const image = { width: SIZE, height: SIZE, data: picture(2) };
    expect(await reader.readRegion(1, () => region, 8)).toEqual(resampleRegion(image, region, 8));
    await reader.close();
  });

  it('gives whole images at the size of the set', async () => {
    const reader = openPixels(imagesIn(await makeStore(kind), { size: 4 }));
    const image = { width: SIZE, height: SIZE, data: picture(1) };
    expect(await reader.read([1])).toEqual(resampleRegion(image, wholeRegion(SIZE, SIZE), 4));
    await reader.close();
  });
});

describe('openPixels', () => {
  it('reads a set in memory', async () => {
    const { store: _store, rows: _rows, ...list } = imagesIn({ kind: 'memory', size: SIZE, pixels });
    const reader = openPixels({ ...list, pixels });
    expect(await reader.read([4])).toEqual(picture(4));
  });

  it('names file and offset of a damaged image', async () => {
    writeFileSync(path.join(folder, 'bad.bin'), Buffer.alloc(100, 7));
    const store: PixelStore = { kind: 'encoded', folder, images: [{ shard: 'bad.bin', offset: 20, length: 50 }] };
    const reader = openPixels(imagesIn(store));
    await expect(reader.read([0])).rejects.toMatchObject({
      code: 'DATA_CORRUPT',
      where: `${path.join(folder, 'bad.bin')}, offset 20`,
    });
    await reader.close();
  });

  it('says when the file of pixels is gone', async () => {
    const reader = openPixels(imagesIn({ kind: 'file', path: path.join(folder, 'none'), size: SIZE, offset: 0 }));
    await expect(reader.read([0])).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await reader.close();
  });
});

describe('ensurePixelCache', () => {
  it('decodes once, and again for another build, size or a cut file', async () => {
    let decoded = 0;
    const decode: PixelCacheJob['decode'] = async (from, to) => {
      decoded += 1;
      return pixels.slice(from * BYTES, to * BYTES);
    };
    const store = await ensurePixelCache(job({ decode }));
    await ensurePixelCache(job({ decode }));
    expect(decoded).toBe(1);
    await ensurePixelCache(job({ decode, digest: 'b'.repeat(64) }));
    expect(decoded).toBe(2);
    const { path: file } = store as { path: string };
    writeFileSync(file, Buffer.alloc(600));
    await ensurePixelCache(job({ decode, digest: 'b'.repeat(64) }));
    expect(decoded).toBe(3);
    expect(readdirSync(folder)).toEqual(['pixels.rgb']);
  });

  it('leaves no file under its name when it is stopped in between', async () => {
    const many = job({
      count: 200,
      decode: async (from, to) => {
        if (from > 0) throw new Error('stopped');
        return new Uint8Array((to - from) * BYTES);
      },
    });
    await expect(ensurePixelCache(many)).rejects.toThrow('stopped');
    expect(readdirSync(folder)).not.toContain('pixels.rgb');
    const store = await ensurePixelCache({ ...many, decode: async (from, to) => new Uint8Array((to - from) * BYTES) });
    expect(store).toMatchObject({ kind: 'file', size: SIZE });
  });
});
