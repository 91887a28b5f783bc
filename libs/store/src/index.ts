export { BlobStore } from './blob-store';
export { FolderObjects } from './folder-objects';
export type { ObjectStore, StoredObject } from './object-store';
export { answersOf, blobPath, blobPlace, originalsOf } from './open-blobs';
export type { BlobPlace } from './open-blobs';
export { probeStore } from './probe-store';
export type { StoreReport } from './probe-store';
export { readMark, requireStore, writeMark } from './require-store';
export { S3Objects } from './s3-objects';
