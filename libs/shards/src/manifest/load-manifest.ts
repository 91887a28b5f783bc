import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WinnowError } from '@winnow/contracts';
import { MANIFEST_FILES } from './build-manifest';
import type { DatasetManifest, LoadedBuild, ShardSummary, StoredSample } from './build-manifest';
import { buildDigest } from './describe-build';
import { readFailure } from '../io-failure';
import { isLocation, manifestProblem } from './manifest-problem';

const NEXT = 'Run `winnow build`: it makes the data set, or makes it again where its lists do not fit together.';

/**
 * Reads dataset.json and samples.jsonl of a build and checks that they fit together; shards are not touched.
 * @throws WinnowError FILE_NOT_FOUND, or DATA_CORRUPT with file and line
 */
export async function loadManifest(dir: string): Promise<LoadedBuild> {
  const manifest = await readDataset(dir);
  const samples: StoredSample[] = [];
  for await (const sample of readSamples(dir, manifest)) samples.push(sample);
  return { manifest, samples };
}

/** Reads dataset.json of a build. @throws WinnowError FILE_NOT_FOUND, DATA_CORRUPT */
export async function readDataset(dir: string): Promise<DatasetManifest> {
  const path = join(dir, MANIFEST_FILES.dataset);
  await requireFile(path);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw readFailure(error, path, NEXT);
  });
  const value = parseObject(text, path) as Partial<DatasetManifest>;
  const problem = manifestProblem(value);
  if (problem !== null) throw corrupt(`not the description of a winnow data set: ${problem}`, path);
  const manifest = value as DatasetManifest;
  if (buildDigest(manifest, manifest.config) !== manifest.digest) {
    throw corrupt('the digest does not fit files and config: the file was edited', path);
  }
  return manifest;
}

/**
 * Reads samples.jsonl of a build, in shard order, without holding it.
 * @throws WinnowError FILE_NOT_FOUND, or DATA_CORRUPT with file and line where it does not fit dataset.json
 */
export async function* readSamples(dir: string, manifest: DatasetManifest): AsyncGenerator<StoredSample> {
  const path = join(dir, MANIFEST_FILES.samples);
  const shards = new Map(manifest.shards.map((shard) => [shard.name, shard]));
  let count = 0;
  await requireFile(path);
  try {
    for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
      count += 1;
      yield parseSample(line, { manifest, shards, where: `${path}, line ${count}` });
    }
  } catch (error) {
    throw readFailure(error, path, NEXT);
  }
  if (count !== manifest.samples) {
    throw corrupt(`${count} samples, not ${manifest.samples} as dataset.json says`, path);
  }
}

function parseSample(
  line: string,
  { manifest, shards, where }: { manifest: DatasetManifest; shards: ReadonlyMap<string, ShardSummary>; where: string },
): StoredSample {
  const sample = parseObject(line, where) as Partial<StoredSample>;
  if (!isLocation(sample)) throw corrupt('not a sample: key, extension, offset, length or sha256', where);
  const shard = shards.get(sample.shard ?? '');
  if (shard === undefined) throw corrupt(`shard "${sample.shard}" is not in dataset.json`, where);
  const end = (sample.offset ?? Number.NaN) + (sample.length ?? Number.NaN);
  if (!(end <= shard.sizeBytes)) throw corrupt('offset and length are outside the shard', where);
  if (manifest.classes[sample.label ?? -1] !== sample.className) {
    throw corrupt(`label ${sample.label} is not class "${sample.className}"`, where);
  }
  return sample as StoredSample;
}

/** A pipe would be waited for without end. @throws WinnowError DATA_CORRUPT for what is there and no file */
async function requireFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found !== null && !found.isFile()) throw corrupt('no plain file', path);
}

function parseObject(text: string, where: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw corrupt('not JSON', where);
  }
  if (typeof value !== 'object' || value === null) throw corrupt('not a JSON object', where);
  return value;
}

function corrupt(message: string, where: string): WinnowError {
  return new WinnowError('DATA_CORRUPT', message, { where, next: NEXT });
}
