export { BlobStore } from './blob-store';
export { FolderObjects } from './folder-objects';
export { answersOf, blobPath, blobPlace, originalsOf, storeAt } from './open-blobs';
export { probeStore } from './probe-store';
export { adoptStore, readMark, requireStore, writeMark } from './require-store';
