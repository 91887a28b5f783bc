export { MANIFEST_FILES } from './build-manifest';
export type {
  BuildDescription,
  BuildShard,
  DatasetManifest,
  FileSummary,
  ShardSummary,
  StoredSample,
} from './build-manifest';
export { datasetCard } from './dataset-card';
export { buildDigest } from './describe-build';
export { batches, epochOrder } from './epoch-order';
export type { BatchOptions } from './epoch-order';
export { fileSha256, removeShardMarkers } from './finished-shard';
export { listLabelledFiles } from './labelled-files';
export type { LabelledFile } from './labelled-files';
export { loadManifest } from './load-manifest';
export type { LoadedBuild } from './load-manifest';
export { ensurePixelCache } from './pixel-cache';
export type { PixelCacheJob } from './pixel-cache';
export { openPixels } from './pixel-reader';
export type { PixelReader } from './pixel-reader';
export { readMember } from './read-member';
export { readShardIndex } from './read-shard-index';
export type { MemberPlace } from './read-shard-index';
export { sampleKey, shardName } from './shard-name';
export { ShardReader } from './shard-reader';
export type { ImageExtension, ShardEntry, ShardRecord, ShardSample } from './shard-record';
export { stableJson } from './stable-json';
export { verifyBuild } from './verify-build';
export type { BuildProblem } from './verify-build';
export { writeManifest } from './write-manifest';
export { writeShard } from './write-shard';
export type { ShardJob, WrittenShard } from './write-shard';
