import path from 'node:path';
import type { ProjectConfig } from '@winnow/config';
import { requireUninterrupted, WinnowError, withProgress } from '@winnow/contracts';
import type { ImageLocation, PixelStore, Provenance, StoredImages } from '@winnow/contracts';
import type { BuildRecord } from '@winnow/db';
import { centredSquare, DECODE_LIMITS, decodeRegion, medianSide, wholeRegion } from '@winnow/imaging';
import type { ChooseRegion } from '@winnow/imaging';
import { ensurePixelCache, loadManifest, ShardReader } from '@winnow/shards';
import type { StoredSample } from '@winnow/shards';
import { METHODS, MAX_SHARED_BYTES, sharedPixels } from '@winnow/training';
import type { OpenProject } from '../open-project';
import { crawlEvidence } from './crawl-evidence';
import type { CrawlEvidence } from './crawl-evidence';
import { labelsByName } from './image-sets';

const AT_ONCE = 8;

/** The pool that a student learns from. */
export interface BuildImages extends CrawlEvidence {
  readonly images: StoredImages;
  /** Digests of the original files, hex, [count]. */
  readonly sha256: readonly string[];
  /** Where each image was found, [count]. */
  readonly provenance: readonly (readonly Provenance[])[];
  /** Labels of other classes under which copies of each image were found, [count]. */
  readonly otherLabels: readonly (readonly number[])[];
  /** Of the originals' shorter sides, pixels; null where all are a world's. */
  readonly medianSide: number | null;
}

/** A build on disk. */
interface BuildFolder {
  readonly directory: string;
  readonly digest: string;
  readonly samples: readonly StoredSample[];
  /** Side that its images are read at, pixels. */
  readonly size: number;
  /** Its images kept their shape: the shorter side is `size`. */
  readonly keepsRatio: boolean;
  /** Images that are stored as they came are cut to their middle, as test images are; else stretched. */
  readonly cutsUnchanged: boolean;
}

/**
 * The images of a build: decoded into memory where `train.pixelMemoryBytes` allows, else read when they are needed,
 * from the stored images themselves (random regions, which cost no more so) or from a file of raw pixels beside the
 * shards, made on first need.
 * @param settings of the run that reads them; default: the project's
 * @throws WinnowError DATA_CORRUPT with shard and key; MISSING_INPUT where it was built of other classes
 */
export async function loadBuildImages(
  project: OpenProject,
  build: BuildRecord,
  settings: ProjectConfig['train'] = project.config.train,
): Promise<BuildImages> {
  const { config } = project;
  const directory = path.join(config.paths.builds, build.id);
  const { manifest, samples } = await loadManifest(directory);
  if (manifest.digest !== build.digest) {
    throw new WinnowError('DATA_CORRUPT', 'The data set on disk is not the one that the database knows', {
      where: directory,
      next: `Remove the folder and run \`winnow build ${project.file}\`.`,
    });
  }
  requireSameClasses(manifest.classes, project);
  const labels = labelsByName(manifest.classes);
  const { size, resize } = buildShape(build, config.build);
  const folder: BuildFolder = {
    directory,
    digest: manifest.digest,
    samples,
    size,
    keepsRatio: resize === 'keep',
    cutsUnchanged: resize === 'keep' || resize === 'cover',
  };
  const images: StoredImages = {
    count: samples.length,
    size: settings.size ?? size,
    keys: samples.map(({ key }) => key),
    labels: Int32Array.from(samples, ({ label }) => label),
    classes: manifest.classes,
    store: await openStore(folder, settings, project.io),
    rows: null,
  };
  return {
    images,
    sha256: samples.map((sample) => sample.sha256),
    provenance: samples.map((sample) => sample.provenance),
    otherLabels: samples.map(({ conflicts }) => conflicts.map((name) => labels.get(name) ?? -1)),
    medianSide: medianSide(samples.filter(({ unchanged }) => unchanged !== true)),
    ...crawlEvidence(samples),
  };
}

/** Labels are places in the class list: in another order they mean other classes. */
function requireSameClasses(built: readonly string[], { config, file }: OpenProject): void {
  const asked = config.classes.map(({ name }) => name);
  if (built.length === asked.length && built.every((name, at) => name === asked[at])) return;
  const at = built.findIndex((name, location) => name !== asked[location]);
  const location = at === -1 ? built.length : at;
  const difference = `class ${location + 1} is ${asked[location] ?? '(none)'} here and ${built[location] ?? '(none)'} there`;
  throw new WinnowError(
    'MISSING_INPUT',
    `The data set was built of other classes, or in another order: ${difference}`,
    {
      where: `${file}, key classes`,
      next: `Run \`winnow build ${file}\` again, or take the classes back.`,
    },
  );
}

/** Random regions are decoded from the stored images; methods with views of their own take none. */
export function drawsRegions({ augment, method }: Pick<ProjectConfig['train'], 'augment' | 'method'>): boolean {
  return augment.basis === 'resized-crop' && METHODS[method].ownViews !== true;
}

async function openStore(
  folder: BuildFolder,
  settings: ProjectConfig['train'],
  io: OpenProject['io'],
): Promise<PixelStore> {
  const { samples, directory, digest, size } = folder;
  const { pixelMemoryBytes } = settings;
  const sizeBytes = samples.length * size * size * 3;
  if (sizeBytes <= Math.min(pixelMemoryBytes, MAX_SHARED_BYTES)) {
    const pixels = sharedPixels(sizeBytes);
    await decodeSamples(folder, { from: 0, to: samples.length, signal: io.signal }, pixels);
    return { kind: 'memory', size, pixels };
  }
  if (drawsRegions(settings)) {
    const locations = samples.map((sample) => locationOf(sample, folder));
    return { kind: 'encoded', folder: directory, images: locations };
  }
  const shown = { label: 'decode', total: samples.length, unit: 'images' };
  return withProgress(io.progress, shown, (task) =>
    ensurePixelCache({
      path: path.join(directory, `pixels-${size}.rgb`),
      // A file of before holds the same images stretched.
      digest: folder.cutsUnchanged && samples.some(({ unchanged }) => unchanged === true) ? `${digest}, cut` : digest,
      count: samples.length,
      size,
      decode: (from, to) =>
        decodeSamples(folder, { from, to, signal: io.signal }, new Uint8Array((to - from) * size * size * 3)),
      onProgress: (done) => task.update(done),
    }),
  );
}

function locationOf(sample: StoredSample, { keepsRatio, cutsUnchanged }: BuildFolder): ImageLocation {
  const { shard, offset, length, unchanged } = sample;
  const isCut = unchanged === true ? cutsUnchanged : keepsRatio;
  return { shard, offset, length, ...(isCut ? { whole: 'centre' } : {}) };
}

async function decodeSamples(
  folder: BuildFolder,
  { from, to, signal }: { readonly from: number; readonly to: number; readonly signal: AbortSignal },
  pixels: Uint8Array,
): Promise<Uint8Array> {
  const bytesPerImage = folder.size * folder.size * 3;
  const reader = new ShardReader(folder.directory);
  try {
    for (let start = from; start < to; start += AT_ONCE) {
      requireUninterrupted(signal, 'decoding was stopped');
      const part = folder.samples.slice(start, Math.min(to, start + AT_ONCE));
      const decoded = await Promise.all(part.map((sample) => decodeSample(reader, sample, folder)));
      decoded.forEach((data, index) => pixels.set(data, (start - from + index) * bytesPerImage));
    }
  } finally {
    await reader.close();
  }
  return pixels;
}

async function decodeSample(reader: ShardReader, sample: StoredSample, folder: BuildFolder): Promise<Uint8Array> {
  const where = `${path.join(folder.directory, sample.shard)}, key ${sample.key}, offset ${sample.offset}`;
  const choose = wholeOf(sample, folder, where);
  const decoded = await decodeRegion(await reader.read(sample), { choose, size: folder.size, limits: DECODE_LIMITS });
  if (decoded.ok) return decoded.data;
  throw new WinnowError('DATA_CORRUPT', `An image of the data set is damaged: ${decoded.detail}`, {
    where,
    next: 'Run `winnow verify` on the project: it says what is damaged, and how to build it again.',
  });
}

/** The part of an image that stands for it: of images that kept their shape, or are to be cut, the square in the middle. */
function wholeOf({ unchanged }: StoredSample, folder: BuildFolder, where: string): ChooseRegion {
  const { size, keepsRatio, cutsUnchanged } = folder;
  if (unchanged === true) return cutsUnchanged ? centredSquare : wholeRegion;
  return (width, height) => {
    if (keepsRatio ? Math.min(width, height) === size : width === size && height === size) {
      return centredSquare(width, height);
    }
    const problem = `An image of ${width} x ${height} px is in a data set of ${size} px`;
    throw new WinnowError('SHAPE_MISMATCH', problem, { where, next: 'Build again.' });
  };
}

/** Size and shape of a data set's images. */
export type BuildShape = Pick<ProjectConfig['build'], 'size' | 'resize'>;

/** What the data set was built with, which flags of `winnow build` may have set; the project's settings where it does not say. */
export function buildShape({ config }: Pick<BuildRecord, 'config'>, settings: ProjectConfig['build']): BuildShape {
  const recorded = (config as { readonly build?: Partial<BuildShape> } | undefined)?.build;
  return { size: recorded?.size ?? settings.size, resize: recorded?.resize ?? settings.resize };
}
