import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadProject } from '@winnow/config';
import type { CommandIo, SampleRecord } from '@winnow/contracts';
import type { BuildRecord } from '@winnow/db';
import { encodePng } from '@winnow/imaging';
import { openPixels, writeManifest, writeShard } from '@winnow/shards';
import { mkdir } from 'node:fs/promises';
import { loadBuildImages } from './load-build-images';
import type { OpenProject } from './open-project';

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
  await mkdir(directory(), { recursive: true });
  const entries = await Promise.all(
    Array.from({ length: COUNT }, async (_, index) => ({
      record: record(index),
      extension: 'png' as const,
      bytes: await encodePng({ width: SIZE, height: SIZE, data: picture(index) }),
    })),
  );
  const shard = await writeShard({ path: path.join(directory(), 'train-000000.tar'), entries });
  const { digest } = await writeManifest(directory(), {
    name: 'p',
    classes: ['cat', 'dog'],
    config: {},
    createdBy: 'spec',
    shards: [{ ...shard, split: 'train', records: entries.map((entry) => entry.record) }],
  });
  build = { id: 'one', digest } as BuildRecord;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function load(train: string, signal = new AbortController().signal) {
  writeFileSync(
    path.join(folder, 'p.yaml'),
    `name: p\nclasses: [{ name: cat }, { name: dog }]\nbuild: { size: ${SIZE} }\ntrain: ${train}\n`,
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

  it('gives pictures at the size of the views', async () => {
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
