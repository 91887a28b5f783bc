import { stableJson } from '@winnow/files';
import type { BuildShard, DatasetManifest } from './build-manifest';
import { datasetCard } from './dataset-card';

/** Files that say again what dataset.json says, and dataset.json itself: a pure function of manifest and records. */
export function manifestTexts(
  manifest: DatasetManifest,
  shards: readonly Pick<BuildShard, 'entries' | 'records'>[],
): Readonly<Record<'timm' | 'wids' | 'card' | 'dataset', string>> {
  return {
    timm: `${stableJson(timmInfo(manifest), 2)}\n`,
    wids: `${stableJson(widsIndex(manifest), 2)}\n`,
    card: datasetCard(manifest, shards),
    dataset: `${stableJson(manifest, 2)}\n`,
  };
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
