import type { JsonValue, SampleRecord } from '@winnow/contracts';
import type { ImageExtension, ShardRecord } from '../write/shard-record';

/** A finished data set, ready to be described. */
export interface BuildDescription {
  /** Of the project. */
  readonly name: string;
  /** In label order. */
  readonly classes: readonly string[];
  /** Everything that the bytes depend on beside the images: resolved settings, versions of the image library. */
  readonly config: JsonValue;
  /** Program and version, such as `winnow 0.1.0`. */
  readonly createdBy: string;
  /** In order. */
  readonly shards: readonly BuildShard[];
}

/** A shard with what it holds. */
export interface BuildShard extends ShardRecord {
  /** Such as `train`. */
  readonly split: string;
  /** Records of its entries, in the same order. */
  readonly records: readonly SampleRecord[];
}

/** One line of samples.jsonl: a sample and where its image lies. */
export interface StoredSample extends SampleRecord {
  readonly split: string;
  /** File name. */
  readonly shard: string;
  readonly extension: ImageExtension;
  /** Of the image's first byte in the shard. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
}

/** dataset.json */
export interface DatasetManifest {
  readonly format: 'winnow-dataset-v1';
  readonly name: string;
  readonly createdBy: string;
  /** SHA-256 over the digests of shards, in order, and attribution, and the config: equal builds have equal digests. */
  readonly digest: string;
  readonly classes: readonly string[];
  readonly samples: number;
  readonly sizeBytes: number;
  /** Samples by split. */
  readonly splits: Readonly<Record<string, number>>;
  /** Samples by class. */
  readonly classCounts: Readonly<Record<string, number>>;
  /** Samples by licence, in one spelling where it is known; `unknown` where none was stated. */
  readonly licenses: Readonly<Record<string, number>>;
  /** Sightings by engine. */
  readonly engines: Readonly<Record<string, number>>;
  /** Samples whose copies were found under more than one class. */
  readonly conflicting: number;
  /** Copies that the samples stand for, themselves included. */
  readonly copies: number;
  readonly shards: readonly ShardSummary[];
  /** Undefined in data sets of winnow before 0.2, which had no such file. */
  readonly attribution?: FileSummary;
  /** samples.jsonl and samples.parquet, which say nothing that the digest does not cover. Undefined in older data sets. */
  readonly lists?: readonly FileSummary[];
  readonly config: JsonValue;
}

/** A build as its folder describes it. */
export interface LoadedBuild {
  readonly manifest: DatasetManifest;
  /** In shard order. */
  readonly samples: readonly StoredSample[];
}

/** A file in dataset.json. */
export interface FileSummary {
  readonly name: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** A shard in dataset.json. */
export interface ShardSummary extends FileSummary {
  readonly split: string;
  readonly samples: number;
  readonly md5: string;
}

export const MANIFEST_FILES = {
  dataset: 'dataset.json',
  samples: 'samples.jsonl',
  parquet: 'samples.parquet',
  timm: '_info.json',
  wids: 'shardindex.json',
  card: 'README.md',
  attribution: 'ATTRIBUTION.tsv',
} as const;
