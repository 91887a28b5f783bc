import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { type InputSpec, type PicturePlace, type StoredImages, WinnowError } from '@winnow/contracts';
import { SeededRandom } from '@winnow/random';
import { openPixels, readShardIndex } from '@winnow/shards';
import { BatchStream, DrawAhead, normalisePixels, openRenderer, pictureDraw, sharedPixels } from '@winnow/training';
import type { DrawnPictures, Renderer } from '@winnow/training';

export interface LoaderBench {
  /** Folder or tar, at any depth; JPEG files are taken, the rest is left out. */
  readonly pictures: string;
  /** Side of the views, pixels. */
  readonly size: number;
  readonly batch: number;
  /** Batches that are timed, after a first one that is not. */
  readonly batches: number;
  /** Drawing threads. */
  readonly workers: number;
  /**
   * `encoded` (default): every view is decoded from its file. `memory`: pictures are decoded before the clock starts, as
   * `train` does where `train.pixelMemoryBytes` allows.
   */
  readonly from?: 'encoded' | 'memory';
}

export interface LoaderFigures {
  readonly imagesPerSecond: number;
  readonly seconds: number;
  readonly images: number;
  /** Of the process, its threads included. */
  readonly peakRssBytes: number;
}

const IMAGENET_MEAN = [0.485, 0.456, 0.406] as const;
const IMAGENET_STD = [0.229, 0.224, 0.225] as const;
const DECODED_AT_ONCE = 256;

/**
 * How fast pictures become training batches: read, decode, random resized crop, flip, normalise to floats. What
 * tools/bench/loader.py does with PyTorch's DataLoader.
 * @throws WinnowError MISSING_INPUT without JPEG files
 */
export async function benchLoader(bench: LoaderBench): Promise<LoaderFigures> {
  const { pictures, size, batch, batches, workers } = bench;
  const listed = await listImages(pictures, size);
  if (listed.count < batch) {
    throw new WinnowError('MISSING_INPUT', `There are ${listed.count} JPEG files, fewer than a batch of ${batch}`, {
      where: pictures,
      next: 'Name more pictures, or a smaller --batch.',
    });
  }
  const images = bench.from === 'memory' ? await decodeImages(listed) : listed;
  const input: InputSpec = { size, range: [0, 1], mean: [...IMAGENET_MEAN], std: [...IMAGENET_STD] };
  const stream = new BatchStream(Int32Array.from(images.labels.keys()), batch, new SeededRandom('bench'));
  const normalise = workers > 0 ? input : null;
  const renderer: Renderer = openRenderer(images, { seed: 'bench', size, normalise }, workers);
  const draw = (step: number) => [
    pictureDraw('bench', { stream, step }, [{ name: 'view', augment: { basis: 'resized-crop' } }]),
  ];
  const ahead = new DrawAhead(renderer, draw, batches + 1);
  try {
    requireFloats(await ahead.take(0), input);
    const start = performance.now();
    for (let step = 1; step <= batches; step += 1) requireFloats(await ahead.take(step), input);
    const seconds = (performance.now() - start) / 1000;
    return {
      imagesPerSecond: (batches * batch) / seconds,
      seconds,
      images: images.count,
      peakRssBytes: process.resourceUsage().maxRSS * 1024,
    };
  } finally {
    await renderer.close();
  }
}

/** Batches from threads come with floats; others are normalised here, as the training loop would. */
function requireFloats(drawn: readonly DrawnPictures[], input: InputSpec): void {
  for (const { views } of drawn) {
    for (const { normalised, pixels } of views) if (normalised === undefined) normalisePixels(pixels, input);
  }
}

async function listImages(source: string, size: number): Promise<StoredImages> {
  const isFolder = await stat(source).then(
    (there) => there.isDirectory(),
    (cause: unknown) => {
      throw new WinnowError('FILE_NOT_FOUND', 'There are no pictures', {
        where: source,
        next: 'Check the path.',
        cause,
      });
    },
  );
  const found = isFolder ? await listFolder(source) : await listTar(source);
  const places = found.filter(({ name }) => /\.jpe?g$/i.test(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
  if (places.length === 0) {
    throw new WinnowError('MISSING_INPUT', 'There are no JPEG files', { where: source, next: 'Name another folder.' });
  }
  return {
    count: places.length,
    size,
    keys: places.map(({ name }) => name),
    labels: new Int32Array(places.length),
    classes: ['picture'],
    store: {
      kind: 'encoded',
      folder: isFolder ? source : path.dirname(source),
      pictures: places.map(({ place }) => place),
    },
    rows: null,
  };
}

async function decodeImages(images: StoredImages): Promise<StoredImages> {
  const { count, size } = images;
  const bytes = size * size * 3;
  const pixels = sharedPixels(count * bytes);
  const reader = openPixels(images);
  try {
    for (let from = 0; from < count; from += DECODED_AT_ONCE) {
      const rows = Array.from({ length: Math.min(DECODED_AT_ONCE, count - from) }, (_, row) => from + row);
      pixels.set(await reader.read(rows), from * bytes);
    }
  } finally {
    await reader.close();
  }
  return { ...images, store: { kind: 'memory', size, pixels } };
}

interface NamedPlace {
  readonly name: string;
  readonly place: PicturePlace;
}

async function listTar(source: string): Promise<NamedPlace[]> {
  const shard = path.basename(source);
  const members = await readShardIndex(source).catch((cause: unknown) => {
    throw new WinnowError('FORMAT_INVALID', 'It is neither a folder nor a tar', {
      where: source,
      next: 'Name a folder or tar of JPEG files.',
      cause,
    });
  });
  return members.map(({ name, offset, length }) => ({ name, place: { shard, offset, length } }));
}

async function listFolder(source: string): Promise<NamedPlace[]> {
  const entries = await readdir(source, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async (entry) => {
      const file = path.join(entry.parentPath, entry.name);
      const shard = path.relative(source, file);
      return { name: shard, place: { shard, offset: 0, length: (await stat(file)).size } };
    }),
  );
}
