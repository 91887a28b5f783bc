import { eq, sql } from 'drizzle-orm';
import type { Database } from '../database';
import { queryColumn, textList } from '../query';
import { images, objectStore, projects } from '../schema';

/** The store that a database's files are in. */
export interface StoreRecord {
  /** What the store's own object says as well. */
  readonly id: string;
  /** As it was given first. */
  readonly url: string;
  /** Whether the store was seen to say so. */
  readonly isMarked: boolean;
}

const { id, url, isMarked } = objectStore;

/** Null: files are in folders. */
export async function readStoreRecord(db: Database): Promise<StoreRecord | null> {
  const [record] = await db.select({ id, url, isMarked }).from(objectStore);
  return record ?? null;
}

/** Makes a store that of the database, unless it has one. @returns the one that it has */
export async function claimStore(db: Database, store: Pick<StoreRecord, 'id' | 'url'>): Promise<StoreRecord> {
  await db.insert(objectStore).values(store).onConflictDoNothing();
  return (await readStoreRecord(db)) as StoreRecord;
}

/** The store was seen to say that it is this one. */
export async function markStore(db: Database, store: Pick<StoreRecord, 'id'>): Promise<void> {
  await db.update(objectStore).set({ isMarked: true }).where(eq(id, store.id));
}

/** Makes another store that of the database; null: files are in folders again. */
export async function moveStore(db: Database, store: Pick<StoreRecord, 'id' | 'url'> | null): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.delete(objectStore);
    if (store !== null) await tx.insert(objectStore).values({ ...store, isMarked: true });
  });
}

export async function countProjects(db: Database): Promise<number> {
  return db.$count(projects);
}

/** Whether an image or a sample of any data set is one of these originals (hex). */
export async function isAnyOriginalKnown(db: Database, digests: readonly string[]): Promise<boolean> {
  const known = sql`
    select 1 from images where sha256 = any(${textList(digests)})
    union all select 1 from samples where sha256 = any(${textList(digests)}) limit 1`;
  return (await queryColumn(db, known)).length > 0;
}

/** Whether files of any image are stored. */
export async function hasOriginals(db: Database): Promise<boolean> {
  return (await db.select({ sha256: images.sha256 }).from(images).limit(1)).length > 0;
}

/**
 * Bytes were stored at a key: it is no longer condemned. If they may have been removed meanwhile, they are stored again before
 * anybody else can think that they are there.
 */
export async function absolveObject(db: Database, key: string, storeAgain: () => Promise<unknown>): Promise<void> {
  // Few objects are condemned: no transaction for the others.
  if ((await queryColumn(db, sql`select key from condemned where key = ${key}`)).length === 0) return;
  await db.transaction(async (tx) => {
    // Waits for a sweep that is removing it.
    const gone = await queryColumn<boolean>(tx, sql`select is_gone from condemned where key = ${key} for update`);
    if (gone.includes(true)) await storeAgain();
    await tx.execute(sql`delete from condemned where key = ${key}`);
  });
}

/** Of these keys, those that are condemned since so long. */
export async function listCondemned(
  db: Database,
  keys: readonly string[],
  graceMillis: number,
): Promise<readonly string[]> {
  return queryColumn(
    db,
    sql`
      select key from condemned where key = any(${textList(keys)}) and not is_gone
        and at <= clock_timestamp() - ${graceMillis} * interval '1 millisecond'`,
  );
}

/** Notes objects that nothing refers to; those noted before keep their time. */
export async function condemnObjects(db: Database, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await db.execute(sql`insert into condemned (key) select unnest(${textList(keys)}) on conflict (key) do nothing`);
}

export interface CondemnedRemoval {
  /** Since when they are condemned at least. */
  readonly graceMillis: number;
  /** Of these keys, those that nothing refers to still. */
  readonly stillUnknown: (db: Database, keys: readonly string[]) => Promise<readonly string[]>;
  readonly remove: (keys: readonly string[]) => Promise<void>;
}

/**
 * Removes those of these objects that are condemned since long, and that nothing refers to still. First it is noted for good that
 * they may be gone, and only then are they removed: whoever stores one meanwhile waits, and stores it again, also where this
 * is killed or fails in the middle.
 * @param keys few, as their rows are locked while the store removes them
 * @returns what was removed
 */
export async function removeCondemned(
  db: Database,
  keys: readonly string[],
  { graceMillis, stillUnknown, remove }: CondemnedRemoval,
): Promise<readonly string[]> {
  await db.execute(sql`
    update condemned set is_gone = true, at = clock_timestamp() where key = any(${textList(keys)}) and not is_gone
      and at <= clock_timestamp() - ${graceMillis} * interval '1 millisecond'`);
  return db.transaction(async (tx) => {
    const due = await queryColumn(
      tx,
      sql`select key from condemned where is_gone and key = any(${textList(keys)}) order by key for update`,
    );
    const unknown = new Set(await stillUnknown(tx, due));
    const known = due.filter((key) => !unknown.has(key));
    if (known.length > 0) await tx.execute(sql`delete from condemned where key = any(${textList(known)})`);
    const removed = due.filter((key) => unknown.has(key));
    if (removed.length > 0) await remove(removed);
    return removed;
  });
}

/** Forgets of objects that they were removed, once nobody can have stored them before that and not said so. */
export async function forgetRemovedObjects(db: Database, graceMillis: number): Promise<void> {
  await db.execute(
    sql`delete from condemned where is_gone and at <= clock_timestamp() - ${graceMillis} * interval '1 millisecond'`,
  );
}
