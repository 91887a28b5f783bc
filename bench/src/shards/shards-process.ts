/** Our side of `npm run bench -- shards`: `shards-process TASK`, a ShardsTask as JSON; prints a ShardsReply. */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { SampleRecord } from '@winnow/contracts';
import { decodeImage, encodeJpeg } from '@winnow/imaging';
import { SeededRandom } from '@winnow/random';
import { loadManifest, sampleKey, ShardReader, writeManifest, writeShards } from '@winnow/shards';
import type { ShardSample, StoredSample } from '@winnow/shards';
import { SHARDS_CLASSES, SHARDS_JPEG_QUALITY } from './shards-task';
import type { ImagePool, ShardsReply, ShardsTask } from './shards-task';

type Epoch = Pick<ShardsReply, 'labels' | 'imageBytes'>;
const LIMITS = { maxPixels: 100_000_000, minSide: 1, maxAspectRatio: 1000 };
/** Images on their way through the image library at once. */
const AT_ONCE = 8;
const CLASSES = Array.from({ length: SHARDS_CLASSES }, (_, label) => `class ${label}`);

async function main(): Promise<void> {
  const task = JSON.parse(process.argv[2] as string) as ShardsTask;
  const epoch = task.action === 'write' ? await writing(task) : await reading(task);
  const warmUp = performance.now();
  const sums = await epoch(0);
  const epochs = Math.max(1, Math.ceil((task.minSeconds * 1000) / (performance.now() - warmUp)));
  const startedAt = performance.now();
  const before = process.cpuUsage();
  for (let number = 1; number <= epochs; number += 1) await epoch(number);
  const wallSeconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(before);
  const reply: ShardsReply = {
    samples: epochs * task.images,
    wallSeconds,
    cpuSeconds: (user + system) / 1e6,
    ...sums,
    shardBytes: task.action === 'write' ? epochs * shardBytes(task.folder) : 0,
  };
  process.stdout.write(`${JSON.stringify(reply)}\n`, () => process.exit());
}

async function writing(task: ShardsTask): Promise<(number: number) => Promise<Epoch>> {
  const { folder, pool, images, pixels, shardSamples } = task;
  const { size, lengths } = JSON.parse(readFileSync(path.join(pool, 'pool.json'), 'utf8')) as ImagePool;
  const records = Array.from({ length: images }, (_, index) => recordOf(index, size));
  const files = cut(readFileSync(path.join(pool, 'jpg.bin')), lengths);
  const rgb = cut(
    readFileSync(path.join(pool, 'rgb.bin')),
    lengths.map(() => size * size * 3),
  );
  const encoded = async (index: number): Promise<Uint8Array> => {
    const data = rgb[index % rgb.length] as Uint8Array;
    return pixels
      ? encodeJpeg({ width: size, height: size, data }, SHARDS_JPEG_QUALITY)
      : (files[index % files.length] as Uint8Array);
  };
  return async () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    let imageBytes = 0;
    const encode = async function* (from: number): AsyncGenerator<ShardSample> {
      for await (const [index, bytes] of ahead(images - from, (at) => encoded(from + at))) {
        imageBytes += bytes.length;
        yield { record: records[from + index] as SampleRecord, extension: 'jpg', bytes };
      }
    };
    const bounds = { samples: shardSamples, bytes: 1 << 30 };
    const shards = await writeShards({ dir: folder, split: 'train', records, bounds, encode });
    await writeManifest(folder, { name: 'bench', classes: CLASSES, config: {}, createdBy: 'winnow bench', shards });
    return { labels: records.reduce((sum, { label }) => sum + label, 0), imageBytes };
  };
}

/** By the reader of the trainings that decode as they go: each image by its location, some at once. */
async function reading({ folder, order, pixels }: ShardsTask): Promise<(number: number) => Promise<Epoch>> {
  const { samples } = await loadManifest(folder);
  // As wids keeps its shards open; the process ends with the last epoch.
  const reader = new ShardReader(folder);
  return async (number) => {
    const sums = new Sums(pixels);
    const shuffled =
      order === 'shuffled' ? new SeededRandom(1).fork('epoch', number + 1).permutation(samples.length) : null;
    const sampleAt = (index: number): StoredSample => samples[shuffled?.[index] ?? index] as StoredSample;
    for await (const [index, bytes] of ahead(samples.length, (at) => reader.read(sampleAt(at)))) {
      const full = sums.add(sampleAt(index).label, bytes);
      if (full !== undefined) await full;
    }
    return sums.end();
  };
}

/** What an epoch comes to; decodes some images at once. */
class Sums {
  readonly #decodes: boolean;
  readonly #decoding: Promise<void>[] = [];
  #labels = 0;
  #imageBytes = 0;

  constructor(decodes: boolean) {
    this.#decodes = decodes;
  }

  /** @returns what to wait for before the next image, if anything */
  add(label: number, bytes: Uint8Array): Promise<void> | undefined {
    this.#labels += label;
    this.#imageBytes += bytes.length;
    if (!this.#decodes) return undefined;
    this.#decoding.push(decode(bytes));
    return this.#decoding.length >= AT_ONCE ? this.#decoding.shift() : undefined;
  }

  async end(): Promise<Epoch> {
    await Promise.all(this.#decoding);
    return { labels: this.#labels, imageBytes: this.#imageBytes };
  }
}

async function decode(bytes: Uint8Array): Promise<void> {
  const decoded = await decodeImage(bytes, LIMITS);
  if (!decoded.ok) throw new Error(decoded.detail);
}

/** Results in order, some made at once. */
async function* ahead<T>(count: number, make: (at: number) => Promise<T>): AsyncGenerator<[number, T]> {
  const waiting: Promise<T>[] = [];
  for (let at = 0; at < count; at += 1) {
    while (waiting.length < AT_ONCE && at + waiting.length < count) waiting.push(make(at + waiting.length));
    yield [at, await (waiting.shift() as Promise<T>)];
  }
}

function cut(bytes: Uint8Array, lengths: readonly number[]): readonly Uint8Array[] {
  let from = 0;
  return lengths.map((length) => bytes.subarray(from, (from += length)));
}

function shardBytes(folder: string): number {
  const tars = readdirSync(folder).filter((name) => name.endsWith('.tar'));
  return tars.reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0);
}

function recordOf(index: number, size: number): SampleRecord {
  const label = index % SHARDS_CLASSES;
  const hex = index.toString(16).padStart(64, '0');
  return {
    key: sampleKey(index),
    className: CLASSES[label] as string,
    label,
    width: size,
    height: size,
    sha256: hex,
    pixelSha256: hex,
    pdq: hex,
    pdqQuality: 100,
    flags: [],
    conflicts: [],
    copies: 1,
    provenance: [
      {
        engine: 'openverse',
        query: 'a query of some words',
        className: CLASSES[label] as string,
        page: 1,
        rank: index,
        imageUrl: `https://images.example.com/images/${hex}.jpg`,
        pageUrl: `https://www.example.com/pages/${index}`,
        title: 'The title of an image',
        license: 'CC BY 4.0',
        licenseUrl: 'https://creativecommons.org/licenses/by/4.0/',
        creator: 'Somebody',
      },
    ],
  };
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
