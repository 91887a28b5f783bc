import { join } from 'node:path';
import { attributionLines } from './attribution';
import { MANIFEST_FILES } from './build-manifest';
import type { BuildDescription, BuildShard, DatasetManifest, FileSummary } from './build-manifest';
import { datasetCard } from './dataset-card';
import { checkShard, describeBuild, recordsOf, storedSamples } from './describe-build';
import { writeDurably } from './durable-file';
import { writeFailure } from './io-failure';
import { samplesParquet } from './samples-parquet';
import { stableJson } from './stable-json';

/**
 * Writes what describes a build beside its shards: ATTRIBUTION.tsv, samples.jsonl and samples.parquet, `_info.json`
 * (timm), shardindex.json (wids), a README.md and, last, dataset.json, whose presence means that the build is complete.
 * Equal builds give equal bytes.
 * @param dir folder of the shards
 * @throws WinnowError INTERNAL where records and entries of a shard disagree, DISK_FULL, FILE_NOT_WRITABLE
 */
export async function writeManifest(dir: string, build: BuildDescription): Promise<DatasetManifest> {
  const { shards, createdBy } = build;
  shards.forEach(checkShard);
  const write = async (
    file: keyof typeof MANIFEST_FILES,
    chunks: Iterable<string | Uint8Array>,
  ): Promise<FileSummary> => {
    const name = MANIFEST_FILES[file];
    return { name, ...(await writeDurably(join(dir, name), chunks)) };
  };
  try {
    const attribution = await write('attribution', attributionLines(recordsOf(shards)));
    const lists = [
      await write('samples', sampleLines(shards)),
      await write('parquet', samplesParquet(storedSamples(shards), createdBy)),
    ];
    const manifest = describeBuild(build, { attribution, lists });
    await write('timm', [stableJson(timmInfo(manifest), 2), '\n']);
    await write('wids', [stableJson(widsIndex(manifest), 2), '\n']);
    await write('card', [datasetCard(manifest, shards)]);
    await write('dataset', [stableJson(manifest, 2), '\n']);
    return manifest;
  } catch (error) {
    throw writeFailure(error, dir);
  }
}

function* sampleLines(shards: readonly BuildShard[]): Generator<string> {
  for (const sample of storedSamples(shards)) yield `${stableJson(sample)}\n`;
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
