import type { JsonValue, SampleRecord } from '@winnow/contracts';
import type { ImageExtension, ShardRecord } from './shard-record';

/** A finished data set, ready to be described. */
export interface BuildDescription {
  /** Of the project. */
  readonly name: string;
  /** In label order. */
  readonly classes: readonly string[];
  /** Everything that the bytes depend on beside the pictures: resolved settings, versions of the image library. */
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

/** One line of samples.jsonl: a sample and where its picture lies. */
export interface StoredSample extends SampleRecord {
  readonly split: string;
  /** File name. */
  readonly shard: string;
  readonly extension: ImageExtension;
  /** Of the picture's first byte in the shard. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
}

/** dataset.json */
export interface DatasetManifest {
  readonly format: 'winnow-dataset-v1';
  readonly name: string;
  readonly createdBy: string;
  /** SHA-256 over the shards' digests, in order, and the config: equal builds have equal digests. */
  readonly digest: string;
  readonly classes: readonly string[];
  readonly samples: number;
  readonly sizeBytes: number;
  /** Samples by split. */
  readonly splits: Readonly<Record<string, number>>;
  /** Samples by class. */
  readonly classCounts: Readonly<Record<string, number>>;
  /** Samples by licence as stated; `unknown` where none was. */
  readonly licenses: Readonly<Record<string, number>>;
  /** Sightings by engine. */
  readonly engines: Readonly<Record<string, number>>;
  /** Samples whose copies were found under more than one class. */
  readonly conflicting: number;
  /** Copies that the samples stand for, themselves included. */
  readonly copies: number;
  readonly shards: readonly ShardSummary[];
  readonly config: JsonValue;
}

/** A shard in dataset.json. */
export interface ShardSummary {
  readonly name: string;
  readonly split: string;
  readonly samples: number;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly md5: string;
}

export const MANIFEST_FILES = {
  dataset: 'dataset.json',
  samples: 'samples.jsonl',
  timm: '_info.json',
  wids: 'shardindex.json',
  card: 'README.md',
} as const;
