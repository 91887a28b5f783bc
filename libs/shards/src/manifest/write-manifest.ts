import { join } from 'node:path';
import { stableJson, writeDurably } from '@winnow/files';
import { attributionLines } from './attribution';
import { MANIFEST_FILES } from './build-manifest';
import type { BuildDescription, BuildShard, FileSummary, LoadedBuild } from './build-manifest';
import { checkShard, describeBuild, recordsOf, storedSamples } from './describe-build';
import { writeFailure } from '../io-failure';
import { samplesParquet } from './samples-parquet';
import { manifestTexts } from './manifest-texts';

/**
 * Writes what describes a build beside its shards: ATTRIBUTION.tsv, samples.jsonl and samples.parquet, `_info.json`
 * (timm), shardindex.json (wids), a README.md and, last, dataset.json, whose presence means that the build is complete.
 * Equal builds give equal bytes.
 * @returns what `loadManifest` would read
 * @param dir folder of the shards
 * @throws WinnowError INTERNAL where records and entries of a shard disagree, DISK_FULL, FILE_NOT_WRITABLE
 */
export async function writeManifest(dir: string, build: BuildDescription): Promise<LoadedBuild> {
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
    const texts = manifestTexts(manifest, shards);
    await write('timm', [texts.timm]);
    await write('wids', [texts.wids]);
    await write('card', [texts.card]);
    await write('dataset', [texts.dataset]);
    return { manifest, samples: [...storedSamples(shards)] };
  } catch (error) {
    throw writeFailure(error, dir);
  }
}

function* sampleLines(shards: readonly BuildShard[]): Generator<string> {
  for (const sample of storedSamples(shards)) yield `${stableJson(sample)}\n`;
}
