import { type InputSpec, type StoredImages, WinnowError } from '@winnow/contracts';
import { SeededRandom } from '@winnow/random';
import { BatchStream, DrawAhead, normalisePixels, openRenderer, imageDraw } from '@winnow/training';
import type { DrawnImages, Renderer } from '@winnow/training';
import { peakBytes } from '../harness/figures';
import { listJpegFiles } from '../harness/image-files';

export interface LoaderTask {
  /** Folder or tar, at any depth; JPEG files are taken, the rest is left out. */
  readonly source: string;
  /** Side of the views, pixels. */
  readonly size: number;
  readonly batch: number;
  /** Batches that are timed, after a first one that is not. */
  readonly batches: number;
  /** Drawing threads. */
  readonly workers: number;
}

export interface LoaderRound {
  readonly imagesPerSecond: number;
  readonly seconds: number;
  readonly images: number;
  /** Of the process, its threads included. */
  readonly peakRssBytes: number;
}

const IMAGENET_MEAN = [0.485, 0.456, 0.406] as const;
const IMAGENET_STD = [0.229, 0.224, 0.225] as const;

/**
 * How fast images become training batches: read, decode, random resized crop, flip, normalise to floats. What
 * loader.py does with PyTorch's DataLoader.
 * @throws WinnowError MISSING_INPUT without JPEG files
 */
export async function ourLoader(bench: LoaderTask): Promise<LoaderRound> {
  const { source, size, batch, batches, workers } = bench;
  const images = await listImages(source, size);
  if (images.count < batch) {
    throw new WinnowError('MISSING_INPUT', `There are ${images.count} JPEG files, fewer than a batch of ${batch}`, {
      where: source,
      next: 'Name more images, or a smaller --batch.',
    });
  }
  const input: InputSpec = { size, range: [0, 1], mean: [...IMAGENET_MEAN], std: [...IMAGENET_STD] };
  const stream = new BatchStream(Int32Array.from(images.labels.keys()), batch, new SeededRandom('bench'));
  const normalise = workers > 0 ? input : null;
  const renderer: Renderer = openRenderer(images, { seed: 'bench', size, normalise }, workers);
  const draw = (step: number) => [
    imageDraw('bench', { stream, step }, [{ name: 'view', augment: { basis: 'resized-crop' } }]),
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
      peakRssBytes: peakBytes(),
    };
  } finally {
    await renderer.close();
  }
}

/** Batches from threads come with floats; others are normalised here, as the training loop would. */
function requireFloats(drawn: readonly DrawnImages[], input: InputSpec): void {
  for (const { views } of drawn) {
    for (const { normalised, pixels } of views) if (normalised === undefined) normalisePixels(pixels, input);
  }
}

async function listImages(source: string, size: number): Promise<StoredImages> {
  const files = await listJpegFiles(source);
  const [first] = files;
  if (first === undefined) {
    throw new WinnowError('MISSING_INPUT', 'There are no JPEG files', { where: source, next: 'Name another folder.' });
  }
  return {
    count: files.length,
    size,
    keys: files.map(({ name }) => name),
    labels: new Int32Array(files.length),
    classes: ['image'],
    store: { kind: 'encoded', folder: first.folder, images: files.map(({ location }) => location) },
    rows: null,
  };
}
