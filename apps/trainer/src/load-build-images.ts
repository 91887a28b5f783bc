import path from 'node:path';
import { WinnowError } from '@winnow/contracts';
import type { ImageSet, Provenance } from '@winnow/contracts';
import type { BuildRecord } from '@winnow/db';
import { decodeImage } from '@winnow/imaging';
import { loadManifest, ShardReader } from '@winnow/shards';
import type { StoredSample } from '@winnow/shards';
import type { OpenProject } from './open-project';

/** A build's pictures are winnow's own work; limits only guard against a damaged file. */
const LIMITS = { maxPixels: 4_000_000, minSide: 1, maxAspectRatio: 1000 };
const AT_ONCE = 8;

/** The pool that a student learns from. */
export interface BuildImages {
  readonly images: ImageSet;
  /** Where each picture was found, [count]; for measuring against a known truth only. */
  readonly provenance: readonly (readonly Provenance[])[];
}

/** Decodes all pictures of a build into memory. @throws WinnowError DATA_CORRUPT with shard and key */
export async function loadBuildImages(project: OpenProject, build: BuildRecord): Promise<BuildImages> {
  const directory = path.join(project.config.paths.builds, build.id);
  const { manifest, samples } = await loadManifest(directory);
  if (manifest.digest !== build.digest) {
    throw new WinnowError('DATA_CORRUPT', 'The data set on disk is not the one that the database knows', {
      where: directory,
      next: `Remove the folder and run \`winnow build ${project.file}\`.`,
    });
  }
  const { size } = project.config.build;
  const bytesPerImage = size * size * 3;
  const pixels = new Uint8Array(samples.length * bytesPerImage);
  const reader = new ShardReader(directory);
  try {
    for (let from = 0; from < samples.length; from += AT_ONCE) {
      const part = samples.slice(from, from + AT_ONCE);
      const decoded = await Promise.all(part.map((sample) => decodeSample(reader, sample, { directory, size })));
      decoded.forEach((data, index) => pixels.set(data, (from + index) * bytesPerImage));
    }
  } finally {
    await reader.close();
  }
  const images: ImageSet = {
    count: samples.length,
    size,
    pixels,
    keys: samples.map(({ key }) => key),
    labels: Int32Array.from(samples, ({ label }) => label),
    classes: manifest.classes,
  };
  return { images, provenance: samples.map((sample) => sample.provenance) };
}

async function decodeSample(
  reader: ShardReader,
  sample: StoredSample,
  { directory, size }: { readonly directory: string; readonly size: number },
): Promise<Uint8Array> {
  const decoded = await decodeImage(await reader.read(sample), LIMITS);
  const where = `${path.join(directory, sample.shard)}, key ${sample.key}, offset ${sample.offset}`;
  if (!decoded.ok)
    throw new WinnowError('DATA_CORRUPT', `A picture of the data set is damaged: ${decoded.detail}`, { where });
  if (decoded.image.width !== size || decoded.image.height !== size) {
    throw new WinnowError('SHAPE_MISMATCH', `The pictures are ${decoded.image.width} px wide, build.size is ${size}`, {
      where,
      next: 'Build again after changing build.size.',
    });
  }
  return decoded.image.data;
}
