export { MANIFEST_FILES } from './manifest/build-manifest';
export type {
  BuildDescription,
  BuildShard,
  DatasetManifest,
  LoadedBuild,
  ShardSummary,
  StoredSample,
} from './manifest/build-manifest';
export { buildDigest } from './manifest/describe-build';
export { removeShardMarkers } from './write/shard-done-marker';
export { ENCODING_CACHE, EncodingCache, removeEncodingCache } from './encoding-cache/encoding-cache';
export { EncodingCacheWriter } from './encoding-cache/encoding-cache-writer';
export type { EncodedOriginal } from './encoding-cache/encoding-cache-writer';
export { CREATED_BY, encodingIdentity, encodingSettings } from './encoding-cache/encoding-identity';
export { digestLabelledFiles, listLabelledFiles } from './read/labelled-files';
export type { LabelledFile } from './read/labelled-table';
export { loadManifest, readDataset, readSamples } from './manifest/load-manifest';
export { ensurePixelCache } from './read/pixel-cache';
export { openPixels } from './read/pixel-reader';
export type { PixelReader } from './read/pixel-reader';
export { fileProblem, sizeProblem } from './read/plain-file';
export { readMember } from './read/read-member';
export { readShardIndex } from './tar/read-shard-index';
export { isPlainPath, resolveInside } from './read/resolve-inside';
export { sampleKey, shardName } from './write/shard-name';
export { ShardReader } from './read/shard-reader';
export type { ImageExtension, ShardSample } from './write/shard-record';
export { streamTar } from './tar/stream-tar';
export type { StreamedMember } from './tar/stream-tar';
export { findColumn } from './tables/find-column';
export { isTableFile, openTable } from './tables/open-table';
export type { BadRow, Table, TableRow } from './tables/table';
export { recordedFiles, verifyBuild } from './verify';
export { writeManifest } from './manifest/write-manifest';
export { writeShard } from './write/write-shard';
export { writeShards } from './write/write-shards';
export type { ShardSeriesJob } from './write/write-shards';
