import path from 'node:path';
import type { ProjectConfig, StoreAddress } from '@winnow/config';
import { absolveObject } from '@winnow/db';
import type { Database } from '@winnow/db';
import { BlobStore } from './blob-store';
import { FolderObjects } from './folder-objects';
import { S3Objects } from './s3-objects';

/** Where bytes are that follow from nothing else: a project's folder, or a store that several machines share. */
export interface BlobPlace {
  /** `.winnow` of the project. */
  readonly state: string;
  readonly store: StoreAddress | undefined;
  /** Whose notes on what is to be removed a store follows; left out by those who only read. */
  readonly db?: Database;
}

/** Files of images as they came from the web. Nothing is opened yet. */
export function originalsOf(place: BlobPlace): BlobStore {
  return blobsIn('blobs', place);
}

/** Bodies of engines' answers. Nothing is opened yet. */
export function answersOf(place: BlobPlace): BlobStore {
  return blobsIn('answers', place);
}

/** File of the blob of this digest (hex) where blobs are in a folder. */
export function blobPath(folder: string, sha256: string): string {
  return new BlobStore(new FolderObjects(folder)).placeOf(sha256);
}

/** Where those of a project are. @param db as BlobPlace */
export function blobPlace({ paths, store }: Pick<ProjectConfig, 'paths' | 'store'>, db?: Database): BlobPlace {
  return { state: paths.state, store, db };
}

/** A client each has its connections and its sense of how much the store bears. */
const opened = new Map<string, S3Objects>();

/** The store at an address, opened once in a process. */
export function storeAt(address: StoreAddress): S3Objects {
  const key = JSON.stringify(address);
  const objects = opened.get(key) ?? new S3Objects(address);
  opened.set(key, objects);
  return objects;
}

function blobsIn(name: string, { state, store, db }: BlobPlace): BlobStore {
  return store === undefined
    ? new BlobStore(new FolderObjects(path.join(state, name)))
    : new BlobStore(
        storeAt(store),
        `${name}/`,
        db === undefined ? undefined : (key, storeAgain) => absolveObject(db, key, storeAgain),
      );
}
