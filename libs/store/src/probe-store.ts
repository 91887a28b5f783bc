import { randomUUID } from 'node:crypto';
import { WinnowError } from '@winnow/contracts';
import type { StoreAddress } from '@winnow/config';
import { storeAt } from './open-blobs';
import type { ObjectStore } from './object-store';

/** What a store was seen to do. */
export interface StoreReport {
  /** Of two that store an object only where none is, the second was told that one is there. Nothing relies on it. */
  readonly knowsConditions: boolean;
  /** An object was listed right after it was stored. */
  readonly listsAtOnce: boolean;
}

/**
 * Stores, reads, lists and removes an object of some bytes, and leaves nothing behind.
 * @throws WinnowError STORE_UNREACHABLE; DATA_CORRUPT where other bytes come back, or what was removed is there still
 */
export async function probeStore(address: StoreAddress): Promise<StoreReport> {
  const objects = storeAt(address);
  const folder = `probe-${randomUUID()}/`;
  const [key, other] = [`${folder}object`, `${folder}condition`];
  const bytes = Buffer.from(folder.repeat(100));
  try {
    await objects.put(key, bytes);
    if ((await objects.get(key))?.equals(bytes) !== true) throw astray(objects, key, 'gives back other bytes');
    const listed: string[] = [];
    for await (const found of objects.list(folder)) listed.push(found.key);
    const knowsConditions =
      (await objects.putIfAbsent(other, bytes)) === 'written' &&
      (await objects.putIfAbsent(other, bytes)) === 'present';
    return { knowsConditions, listsAtOnce: listed.includes(key) };
  } finally {
    await objects.remove([key, other]);
    if ((await objects.get(key)) !== null) throw astray(objects, key, 'still has what was removed');
  }
}

function astray(objects: ObjectStore, key: string, what: string): WinnowError {
  return new WinnowError('DATA_CORRUPT', `The store ${what}`, {
    where: objects.placeOf(key),
    next: 'Do not keep originals there.',
  });
}
