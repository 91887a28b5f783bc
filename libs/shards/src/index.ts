export { MANIFEST_FILES } from './build-manifest';
export type {
  BuildDescription,
  BuildShard,
  DatasetManifest,
  FileSummary,
  LoadedBuild,
  ShardSummary,
  StoredSample,
} from './build-manifest';
export { buildDigest } from './describe-build';
export type { ExpectedImage } from './find-changed-bytes';
export { fileSha256, removeShardMarkers } from './finished-shard';
export { digestLabelledFiles } from './digest-labelled-files';
export { listLabelledFiles } from './labelled-files';
export type { LabelledFile } from './labelled-table';
export { loadManifest, readDataset, readSamples } from './load-manifest';
export { ensurePixelCache } from './pixel-cache';
export { openPixels } from './pixel-reader';
export type { PixelReader } from './pixel-reader';
export { plainFileBytes } from './plain-file';
export { readMember } from './read-member';
export { readShardIndex } from './read-shard-index';
export { isPlainPath, resolveInside } from './resolve-inside';
export { sampleKey, shardName } from './shard-name';
export { ShardReader } from './shard-reader';
export type { ImageExtension, ShardSample } from './shard-record';
export { streamTar } from './stream-tar';
export type { StreamedMember } from './stream-tar';
export { findColumn } from './tables/find-column';
export { isTableFile, openTable } from './tables/open-table';
export type { BadRow, Table, TableRow } from './tables/table';
export { verifyBuild } from './verify-build';
export { writeManifest } from './write-manifest';
export { writeShard } from './write-shard';
export { writeShards } from './write-shards';
export type { ShardSeriesJob } from './write-shards';
