import { randomUUID } from 'node:crypto';
import type { StoreAddress } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import { claimStore, hasOriginals, isAnyOriginalKnown, markStore, moveStore, readStoreRecord } from '@winnow/db';
import type { Database, StoreRecord } from '@winnow/db';
import type { BlobStore } from './blob-store';
import type { ObjectStore } from './object-store';
import { originalsOf, storeAt } from './open-blobs';
import type { S3Objects } from './s3-objects';

/** Of a store: whose it is. */
const MARK = 'winnow-store.json';

/**
 * Makes sure that the database and the place of originals belong together, before anything is read or written. A new
 * database and an empty store become each other's.
 * @throws WinnowError STORE_MISMATCH, STORE_UNREACHABLE
 */
export async function requireStore(db: Database, address: StoreAddress | undefined): Promise<void> {
  const record = await readStoreRecord(db);
  if (address === undefined) {
    if (record === null) return;
    throw mismatch('The originals of this database are in a store, but WINNOW_STORE names none', {
      where: record.url,
      next: `Set WINNOW_STORE=${record.url}, or bring them back with \`winnow store copy PROJECT --to folder\`.`,
    });
  }
  await requireMark(db, { address, objects: storeAt(address), record });
}

interface Meeting {
  readonly address: StoreAddress;
  readonly objects: S3Objects;
  readonly record: StoreRecord | null;
}

async function requireMark(db: Database, { address, objects, record }: Meeting): Promise<void> {
  const marked = await readMark(objects);
  if (marked !== null && marked === record?.id) {
    if (!record.isMarked) await markStore(db, record);
    return;
  }
  if (marked !== null) {
    throw mismatch('The store belongs to another database', {
      where: objects.placeOf(MARK),
      next: 'Set DATABASE_URL to that database, or WINNOW_STORE to a prefix that nothing is in yet. Where the database of this project was lost, `winnow db rescue PROJECT` takes its store over.',
    });
  }
  if (record?.isMarked === true) {
    throw mismatch(`This is not the store of the database: that was ${record.url}, and here is no ${MARK}`, {
      where: address.url,
      next: 'Set WINNOW_STORE to where the store is now.',
    });
  }
  if (record === null && (await hasOriginals(db))) {
    throw mismatch('The originals of this database are in folders, and WINNOW_STORE names a store', {
      where: address.url,
      next: `Unset WINNOW_STORE, then copy them with \`winnow store copy PROJECT --to ${address.url}\`.`,
    });
  }
  // The row first: of several that begin at once all write the same mark.
  const claimed = await claimStore(db, { id: randomUUID(), url: address.url });
  await objects.putIfAbsent(MARK, markOf(claimed.id));
  // Another database may have begun at the same moment; not every store keeps the first of two.
  if ((await readMark(objects)) !== claimed.id) {
    await moveStore(db, null);
    throw mismatch('The store belongs to another database', {
      where: objects.placeOf(MARK),
      next: 'Set WINNOW_STORE to a prefix that nothing is in yet.',
    });
  }
  await markStore(db, claimed);
}

/**
 * Takes a store over for a database that was made anew, and knows of none: whoever rescues a database says by WINNOW_STORE
 * which one it had.
 * @throws WinnowError STORE_MISMATCH, STORE_UNREACHABLE
 */
export async function adoptStore(db: Database, address: StoreAddress | undefined): Promise<void> {
  if (address === undefined || (await readStoreRecord(db)) !== null) return;
  const id = await readMark(storeAt(address));
  if (id === null) return;
  if (!(await knowsSome(db, originalsOf({ state: '', store: address })))) {
    throw mismatch('Of the originals in this store nothing else is left here', {
      where: address.url,
      next: "If it is the project's all the same, copy its objects into a folder named .winnow/blobs and rescue without WINNOW_STORE.",
    });
  }
  await moveStore(db, { id, url: address.url });
}

/** Objects that are looked up: those of another project would be known by none of them. */
const LOOKED_UP = 2000;

/** Whether the database, or a data set that was read into it, knows any of these originals. */
async function knowsSome(db: Database, originals: BlobStore): Promise<boolean> {
  const digests: string[] = [];
  for await (const { sha256 } of originals.list()) if (digests.push(sha256) === LOOKED_UP) break;
  return digests.length === 0 || (await isAnyOriginalKnown(db, digests));
}

/** Whose store it is; null: nobody's yet. @throws WinnowError STORE_MISMATCH where that cannot be read, STORE_UNREACHABLE */
export async function readMark(objects: ObjectStore): Promise<string | null> {
  const bytes = await objects.get(MARK);
  if (bytes === null) return null;
  try {
    const { id } = JSON.parse(bytes.toString('utf8')) as { readonly id?: unknown };
    if (typeof id === 'string') return id;
  } catch {
    // Told below.
  }
  throw mismatch('The store does not say whose it is', {
    where: objects.placeOf(MARK),
    next: 'Restore that object, or set WINNOW_STORE to a prefix that nothing is in yet.',
  });
}

/** Says whose a store is. @throws WinnowError STORE_UNREACHABLE */
export async function writeMark(objects: ObjectStore, id: string): Promise<void> {
  await objects.put(MARK, markOf(id));
}

function markOf(id: string): Buffer {
  return Buffer.from(`${JSON.stringify({ id })}\n`);
}

function mismatch(message: string, options: { readonly where: string; readonly next: string }): WinnowError {
  return new WinnowError('STORE_MISMATCH', message, options);
}
