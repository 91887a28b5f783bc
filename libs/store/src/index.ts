export { BlobStore } from './blob-store';
export { FolderObjects } from './folder-objects';
export type { ObjectStore, StoredObject } from './object-store';
export { answersOf, blobPath, blobPlace, originalsOf } from './open-blobs';
export type { BlobPlace } from './open-blobs';
export { requireStore } from './require-store';
export { S3Objects } from './s3-objects';
