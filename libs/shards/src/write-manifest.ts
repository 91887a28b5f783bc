import { join } from 'node:path';
import { attributionLines } from './attribution';
import { MANIFEST_FILES } from './build-manifest';
import type { BuildDescription, DatasetManifest } from './build-manifest';
import { datasetCard } from './dataset-card';
import { describeBuild, storedSamples } from './describe-build';
import { writeDurably } from './durable-file';
import { writeFailure } from './io-failure';
import { stableJson } from './stable-json';

/**
 * Writes what describes a build beside its shards: samples.jsonl, `_info.json` (timm), shardindex.json (wids),
 * ATTRIBUTION.tsv, a README.md and, last, dataset.json, whose presence means that the build is complete. Equal builds give equal bytes.
 * @param dir folder of the shards
 * @throws WinnowError DISK_FULL, FILE_NOT_WRITABLE
 */
export async function writeManifest(dir: string, build: BuildDescription): Promise<DatasetManifest> {
  const manifest = describeBuild(build);
  const write = (file: keyof typeof MANIFEST_FILES, chunks: Iterable<string>): Promise<void> =>
    writeDurably(join(dir, MANIFEST_FILES[file]), chunks);
  try {
    await write('samples', sampleLines(build));
    await write('timm', [stableJson(timmInfo(manifest), 2), '\n']);
    await write('wids', [stableJson(widsIndex(manifest), 2), '\n']);
    await write('attribution', attributionLines(build.shards.flatMap(({ records }) => records)));
    await write('card', [datasetCard(manifest)]);
    await write('dataset', [stableJson(manifest, 2), '\n']);
  } catch (error) {
    throw writeFailure(error, dir);
  }
  return manifest;
}

function* sampleLines(build: BuildDescription): Generator<string> {
  for (const sample of storedSamples(build.shards)) yield `${stableJson(sample)}\n`;
}

/** As timm's reader for WebDataset expects it. */
function timmInfo({ shards }: DatasetManifest): unknown {
  const names = [...new Set(shards.map((shard) => shard.split))];
  const splits = names.map((name) => {
    const own = shards.filter((shard) => shard.split === name);
    const lengths = own.map((shard) => shard.samples);
    const split = {
      name,
      filenames: own.map((shard) => shard.name),
      shard_lengths: lengths,
      num_samples: lengths.reduce((total, length) => total + length, 0),
    };
    return [name, split];
  });
  return { splits: Object.fromEntries(splits) };
}

function widsIndex({ name, shards }: DatasetManifest): unknown {
  return {
    __kind__: 'wids-shard-index-v1',
    wids_version: 1,
    name,
    shardlist: shards.map((shard) => ({
      url: shard.name,
      md5sum: shard.md5,
      nsamples: shard.samples,
      filesize: shard.sizeBytes,
    })),
  };
}
