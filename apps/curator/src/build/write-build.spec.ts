import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadProject } from '@winnow/config';
import type { ProjectConfig } from '@winnow/config';
import type { JsonValue, SampleRecord } from '@winnow/contracts';
import { encodePng, imagingVersions, makeSquare, resizeRgb } from '@winnow/imaging';
import { SeededRandom } from '@winnow/random';
import {
  EncodingCacheWriter,
  encodingSettings,
  loadManifest,
  readMember,
  readShardIndex,
  sampleKey,
  verifyBuild,
} from '@winnow/shards';
import { blobPath } from '@winnow/store';
import { writeBuild } from './write-build';
import type { WriteJob } from './write-build';

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

let folder: string;
let originals: readonly Uint8Array[];
beforeAll(async () => {
  originals = await Promise.all(
    Array.from({ length: 12 }, async (_, seed) => {
      const random = new SeededRandom(seed);
      const noise = { width: 16, height: 16, data: Uint8Array.from({ length: 768 }, () => random.int(256)) };
      return encodePng(await resizeRgb(noise, 64, 'squash'));
    }),
  );
});
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-write-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function configure(project: string, build: string): Promise<ProjectConfig> {
  const root = path.join(folder, project);
  mkdirSync(root, { recursive: true });
  writeFileSync(path.join(root, 'p.yaml'), `name: p\nclasses: [{ name: a }, { name: b }]\nbuild: { ${build} }\n`);
  return loadProject('p.yaml', { cwd: root, env: {} });
}

function record(bytes: Uint8Array, index: number): SampleRecord {
  return {
    key: sampleKey(index),
    className: index % 2 === 0 ? 'a' : 'b',
    label: index % 2,
    width: 64,
    height: 64,
    sha256: sha256(bytes),
    pixelSha256: sha256(`pixels ${index}`),
    pdq: '0'.repeat(64),
    pdqQuality: 90,
    conflicts: [],
    copies: 1,
    provenance: [],
  };
}

const silent = { update: () => undefined, end: () => undefined };

function jobOf(config: ProjectConfig, records: readonly SampleRecord[], more: Partial<WriteJob> = {}): WriteJob {
  const { workers: _, ...build } = config.build;
  const recorded = { build, imaging: { sharp: 'x' } } as unknown as JsonValue;
  const inputDigest = sha256(JSON.stringify([recorded, records]));
  const io = { progress: { start: () => silent }, signal: new AbortController().signal };
  const directory = path.join(config.paths.builds, inputDigest.slice(0, 16));
  return { config, recorded, samples: records, directory, inputDigest, io, ...more };
}

/** Stores images as a crawl does. @returns their records, in order */
function store(config: ProjectConfig, images: readonly Uint8Array[]): SampleRecord[] {
  for (const bytes of images) {
    const file = blobPath(config.paths.blobs, sha256(bytes));
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
  return images.map(record);
}

function filesOf(directory: string): Record<string, string> {
  const names = readdirSync(directory).sort();
  return Object.fromEntries(names.map((name) => [name, sha256(readFileSync(path.join(directory, name)))]));
}

describe('writeBuild', () => {
  it('gives the same files in this thread, in two, and in three', async () => {
    const results = [];
    for (const workers of [1, 2, 3]) {
      const config = await configure(`w${workers}`, `shardSamples: 5, workers: ${workers}`);
      const job = jobOf(config, store(config, originals));
      expect(await writeBuild(job)).toMatchObject({ reusedImages: 0 });
      expect(await verifyBuild(job.directory, await loadManifest(job.directory))).toEqual([]);
      results.push(filesOf(job.directory));
    }
    expect(Object.keys(results[0] ?? {}).filter((name) => name.endsWith('.tar'))).toHaveLength(3);
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  it('takes images from earlier builds with the same settings, and comes to the same files as without', async () => {
    const config = await configure('x', 'shardSamples: 5');
    const first = jobOf(config, store(config, originals.slice(0, 8)));
    await writeBuild(first);
    // New images before, between and after those of the first build; their places and keys change.
    const order = [9, 0, 1, 2, 10, 3, 4, 5, 6, 7, 8, 11].map((index) => originals[index] ?? new Uint8Array());
    const more = jobOf(config, store(config, order));
    // An original that is taken from a build is not even read.
    rmSync(blobPath(config.paths.blobs, sha256(originals[3] ?? '')));
    expect(await writeBuild(more)).toMatchObject({ reusedImages: 8 });
    const fresh = await configure('y', 'shardSamples: 5');
    const without = jobOf(fresh, store(fresh, order));
    expect(await writeBuild(without)).toMatchObject({ reusedImages: 0 });
    expect(filesOf(more.directory)).toEqual(filesOf(without.directory));
  });

  it('takes images that a crawl encoded, and comes to the same files as without', async () => {
    const config = await configure('x', 'shardSamples: 5');
    const recordedOf = ({ build }: ProjectConfig) => ({ build, imaging: imagingVersions() }) as unknown as JsonValue;
    const records = store(config, originals);
    const cache = new EncodingCacheWriter(config.paths.state, encodingSettings(config));
    for (const bytes of originals.slice(2)) {
      const made = await makeSquare(bytes, encodingSettings(config));
      await cache.write([{ sha256: sha256(bytes), bytes: made.ok ? made.bytes : new Uint8Array() }]);
    }
    rmSync(blobPath(config.paths.blobs, sha256(originals[3] ?? '')));
    const crawled = jobOf(config, records, { recorded: recordedOf(config) });
    expect(await writeBuild(crawled)).toMatchObject({ crawledImages: 10, reusedImages: 0 });
    const fresh = await configure('y', 'shardSamples: 5');
    const without = jobOf(fresh, store(fresh, originals), { recorded: recordedOf(fresh) });
    expect(await writeBuild(without)).toMatchObject({ crawledImages: 0 });
    expect(filesOf(crawled.directory)).toEqual(filesOf(without.directory));
  });

  it('takes none that were encoded otherwise, or that lie in a damaged shard or build', async () => {
    const config = await configure('x', 'shardSamples: 5');
    const records = store(config, originals);
    const first = jobOf(config, records);
    await writeBuild(first);
    for (const other of ['quality: 90', 'size: 24', 'resize: cover', 'format: png']) {
      expect(await writeBuild(jobOf(await configure('x', other), records))).toMatchObject({ reusedImages: 0 });
    }
    const imaging = { ...(first.recorded as object), imaging: { sharp: 'y' } } as JsonValue;
    const newer = path.join(config.paths.builds, 'newer');
    expect(await writeBuild({ ...first, directory: newer, recorded: imaging })).toMatchObject({ reusedImages: 0 });

    const shard = path.join(first.directory, 'train-000001.tar');
    const bytes = readFileSync(shard);
    bytes[600] = (bytes[600] ?? 0) ^ 1;
    writeFileSync(shard, bytes);
    truncateSync(path.join(first.directory, 'train-000002.tar'), 512);
    const subset = jobOf(config, records.slice(0, 11));
    expect(await writeBuild(subset)).toMatchObject({ reusedImages: 5 });
    expect(await verifyBuild(subset.directory, await loadManifest(subset.directory))).toEqual([]);
    for (const dir of [first.directory, subset.directory]) writeFileSync(path.join(dir, 'dataset.json'), '{');
    expect(await writeBuild(jobOf(config, records.slice(0, 10)))).toMatchObject({ reusedImages: 0 });
  });

  it('keeps imported images as they are, named after their first bytes, and never takes them for encoded ones', async () => {
    const gif = Buffer.from('R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=', 'base64');
    const images = [originals[0] ?? gif, gif];
    const config = await configure('x', 'size: 16');
    const records = store(config, images).map((one): SampleRecord => ({ ...one, unchanged: true }));
    const job = jobOf(config, records);
    await writeBuild(job);
    const { samples } = await loadManifest(job.directory);
    expect(samples.map(({ extension, unchanged }) => [extension, unchanged])).toEqual([
      ['png', true],
      ['gif', true],
    ]);
    for (const [index, { shard, offset, length }] of samples.entries()) {
      const bytes = await readMember(path.join(job.directory, shard), offset, length);
      expect(bytes.equals(images[index] ?? gif)).toBe(true);
    }
    const encoded = jobOf(config, store(config, images));
    expect(await writeBuild(encoded)).toMatchObject({ reusedImages: 0 });
    const found = await readShardIndex(path.join(encoded.directory, 'train-000000.tar'));
    expect(found.map(({ name }) => name)).toContain('000000001.jpg');
  });

  it.each([1, 2])(
    'names the image that cannot be encoded, with %d workers, and goes on from there',
    async (workers) => {
      const config = await configure('x', `shardSamples: 2, workers: ${workers}`);
      const records = store(config, originals.slice(0, 6));
      const bad = blobPath(config.paths.blobs, sha256(originals[4] ?? ''));
      const bytes = readFileSync(bad);
      writeFileSync(bad, bytes.subarray(0, 60));
      const job = jobOf(config, records);
      await expect(writeBuild(job)).rejects.toMatchObject({ code: 'DATA_CORRUPT', where: bad });
      const partial = `${job.directory}.partial`;
      expect(readdirSync(partial).filter((name) => name.endsWith('.tar'))).toHaveLength(2);
      writeFileSync(bad, bytes);
      // Finished shards are not made again: their originals are not needed.
      rmSync(blobPath(config.paths.blobs, sha256(originals[0] ?? '')));
      await writeBuild({ ...job, config: await configure('x', `shardSamples: 2, workers: ${3 - workers}`) });
      expect(await verifyBuild(job.directory, await loadManifest(job.directory))).toEqual([]);
      expect(readdirSync(config.paths.builds)).toEqual([path.basename(job.directory)]);
    },
  );

  it('stops when it is told to, and gives a complete build its name without making it again', async () => {
    const config = await configure('x', 'shardSamples: 2, workers: 2');
    const job = jobOf(config, store(config, originals));
    const stop = new AbortController();
    const start = () => ({ ...silent, update: (done: number) => void (done >= 5 && stop.abort()) });
    await expect(writeBuild({ ...job, io: { progress: { start }, signal: stop.signal } })).rejects.toMatchObject({
      code: 'INTERRUPTED',
    });
    await writeBuild(job);
    const expected = filesOf(job.directory);
    const partial = `${job.directory}.partial`;
    const shard = readFileSync(path.join(job.directory, 'train-000000.tar'));
    await import('node:fs/promises').then(({ rename }) => rename(job.directory, partial));
    rmSync(config.paths.blobs, { recursive: true });
    await writeBuild(job);
    expect(filesOf(job.directory)).toEqual(expected);
    expect(readFileSync(path.join(job.directory, 'train-000000.tar')).equals(shard)).toBe(true);
  });
});
