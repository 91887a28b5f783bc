import { createHash } from 'node:crypto';
import type { JsonValue, SampleRecord } from '@winnow/contracts';
import { WinnowError } from '@winnow/contracts';
import { attributionLines, bestSource, licenseLabel } from './attribution';
import { MANIFEST_FILES } from './build-manifest';
import type { BuildDescription, BuildShard, DatasetManifest, FileSummary, StoredSample } from './build-manifest';
import { stableJson } from './stable-json';

interface DigestedFiles {
  readonly shards: readonly Pick<FileSummary, 'sha256'>[];
  readonly attribution?: Pick<FileSummary, 'sha256'> | undefined;
}

/** SHA-256 over the digests of shards, in order, and attribution, and what they were made with; 64 hex digits. */
export function buildDigest({ shards, attribution }: DigestedFiles, config: JsonValue): string {
  const content = stableJson({
    config,
    shards: shards.map((shard) => shard.sha256),
    ...(attribution === undefined ? {} : { attribution: attribution.sha256 }),
  });
  return createHash('sha256').update(content).digest('hex');
}

/** The manifest of a build. @throws WinnowError INTERNAL where records and entries of a shard disagree */
export function describeBuild(build: BuildDescription): DatasetManifest {
  build.shards.forEach(checkShard);
  const records = build.shards.flatMap((shard) => shard.records);
  const attribution = summarise(MANIFEST_FILES.attribution, attributionLines(records));
  const zeros = Object.fromEntries(build.classes.map((name): [string, number] => [name, 0]));
  return {
    format: 'winnow-dataset-v1',
    name: build.name,
    createdBy: build.createdBy,
    digest: buildDigest({ shards: build.shards, attribution }, build.config),
    classes: build.classes,
    samples: records.length,
    sizeBytes: sum(build.shards.map((shard) => shard.sizeBytes)),
    splits: tally(build.shards.flatMap((shard) => shard.records.map(() => shard.split))),
    classCounts: { ...zeros, ...tally(records.map((record) => record.className)) },
    licenses: tally(records.map(licenseOf)),
    engines: tally(records.flatMap((record) => record.provenance.map((source) => source.engine))),
    conflicting: records.filter((record) => record.conflicts.length > 0).length,
    copies: sum(records.map((record) => record.copies)),
    shards: build.shards.map(({ name, split, entries, sizeBytes, sha256, md5 }) => ({
      name,
      split,
      samples: entries.length,
      sizeBytes,
      sha256,
      md5,
    })),
    attribution,
    config: build.config,
  };
}

/** The lines of samples.jsonl, in shard order. */
export function* storedSamples(shards: readonly BuildShard[]): Generator<StoredSample> {
  for (const { name, split, entries, records } of shards) {
    for (const [index, { extension, offset, length }] of entries.entries()) {
      const record = records[index] as SampleRecord;
      yield { ...record, split, shard: name, extension, offset, length };
    }
  }
}

/** The licence that ATTRIBUTION.tsv states first. */
function licenseOf({ provenance }: SampleRecord): string {
  const best = bestSource(provenance);
  return (best === undefined ? null : licenseLabel(best)) ?? 'unknown';
}

function summarise(name: string, lines: Iterable<string>): FileSummary {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for (const line of lines) {
    hash.update(line);
    sizeBytes += Buffer.byteLength(line);
  }
  return { name, sizeBytes, sha256: hash.digest('hex') };
}

function checkShard({ name, entries, records }: BuildShard): void {
  const same = entries.length === records.length && entries.every(({ key }, index) => key === records[index]?.key);
  if (!same) throw new WinnowError('INTERNAL', 'records and entries of a shard disagree', { where: name });
}

/** Counts by name, most frequent first, then by code units. */
function tally(names: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const ordered = [...counts].sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
  return Object.fromEntries(ordered);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
