import { createHash } from 'node:crypto';
import type { JsonValue, SampleRecord } from '@winnow/contracts';
import { WinnowError } from '@winnow/contracts';
import { stableJson } from '@winnow/files';
import { bestSource, licenseLabel } from './attribution';
import type { BuildDescription, BuildShard, DatasetManifest, FileSummary, StoredSample } from './build-manifest';
import { withFlags } from '../write/shard-members';

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

/** Files of a build that were written before dataset.json. */
interface WrittenLists {
  readonly attribution: FileSummary;
  readonly lists: readonly FileSummary[];
}

/** The manifest of a build whose lists are written; goes through the records once. */
export function describeBuild(build: BuildDescription, { attribution, lists }: WrittenLists): DatasetManifest {
  const splits = new Tally();
  const licenses = new Tally();
  const engines = new Tally();
  const classes = new Tally();
  let conflicting = 0;
  let copies = 0;
  for (const shard of build.shards) {
    splits.add(shard.split, shard.records.length);
    for (const record of shard.records) {
      classes.add(record.className);
      licenses.add(licenseOf(record));
      for (const { engine } of record.provenance) engines.add(engine);
      if (record.conflicts.length > 0) conflicting += 1;
      copies += record.copies;
    }
  }
  const zeros = Object.fromEntries(build.classes.map((name): [string, number] => [name, 0]));
  return {
    format: 'winnow-dataset-v1',
    name: build.name,
    createdBy: build.createdBy,
    digest: buildDigest({ shards: build.shards, attribution }, build.config),
    classes: build.classes,
    samples: sum(build.shards.map((shard) => shard.records.length)),
    sizeBytes: sum(build.shards.map((shard) => shard.sizeBytes)),
    splits: splits.toRecord(),
    classCounts: { ...zeros, ...classes.toRecord() },
    licenses: licenses.toRecord(),
    engines: engines.toRecord(),
    conflicting,
    copies,
    shards: build.shards.map(({ name, split, entries, sizeBytes, sha256, md5 }) => ({
      name,
      split,
      samples: entries.length,
      sizeBytes,
      sha256,
      md5,
    })),
    attribution,
    lists,
    config: build.config,
  };
}

/** Records of all shards, in order. */
export function* recordsOf(shards: readonly BuildShard[]): Generator<SampleRecord> {
  for (const { records } of shards) yield* records;
}

/** The lines of samples.jsonl, in shard order. */
export function* storedSamples(shards: readonly BuildShard[]): Generator<StoredSample> {
  for (const { name, split, entries, records } of shards) {
    for (const [index, { extension, offset, length }] of entries.entries()) {
      const record = records[index] as SampleRecord;
      yield { ...withFlags(record), split, shard: name, extension, offset, length };
    }
  }
}

/** The licence that ATTRIBUTION.tsv states first. */
function licenseOf({ provenance }: SampleRecord): string {
  const best = bestSource(provenance);
  return (best === undefined ? null : licenseLabel(best)) ?? 'unknown';
}

/** @throws WinnowError INTERNAL where records and entries of a shard disagree */
export function checkShard({ name, entries, records }: BuildShard): void {
  const same = entries.length === records.length && entries.every(({ key }, index) => key === records[index]?.key);
  if (!same) throw new WinnowError('INTERNAL', 'records and entries of a shard disagree', { where: name });
}

/** Counts by name. */
class Tally {
  readonly #counts = new Map<string, number>();

  add(name: string, amount = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + amount);
  }

  /** Most frequent first, then by code units. */
  toRecord(): Record<string, number> {
    const ordered = [...this.#counts].sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
    return Object.fromEntries(ordered);
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
