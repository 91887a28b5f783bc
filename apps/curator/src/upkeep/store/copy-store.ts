import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { ProjectConfig, StoreAddress } from '@winnow/config';
import { forEachAtOnce, requireUninterrupted, WinnowError, withProgress } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import { countProjects, listOriginalDigests, moveStore, readWorkers } from '@winnow/db';
import type { Database } from '@winnow/db';
import { writeFileAtomic } from '@winnow/files';
import { answersOf, blobPlace, originalsOf, readMark, requireStore, storeAt, writeMark } from '@winnow/store';
import type { BlobStore } from '@winnow/store';

export interface CopyStoreOptions {
  readonly config: ProjectConfig;
  readonly db: Database;
  readonly io: Pick<CommandIo, 'progress' | 'signal'>;
  /** Undefined: the project's folder. */
  readonly to: StoreAddress | undefined;
  /** The other place is used from now on even where it lacks originals that the database knows. */
  readonly isForced: boolean;
}

export interface CopiedStore {
  readonly copied: number;
  readonly bytes: number;
  /** They were there, by their sizes. */
  readonly present: number;
  /** Their bytes are not what was stored; they stay where they are. */
  readonly damaged: readonly string[];
  /** Originals that the database knows and the other place lacks. */
  readonly lacking: number;
  /** The database's originals are in the other place from now on. */
  readonly isMoved: boolean;
}

/** Read and sent at once. */
const AT_ONCE = 8;
const LISTED_AT_ONCE = 1000;

/**
 * Copies originals and answers to another place, each compared with its digest, and makes that the place of the database
 * if it then holds every original that the database knows. Nothing is removed where they were. Stopped, the same command
 * goes on.
 * @throws WinnowError USAGE where they are there already, or are those of several projects and go into a folder; DATABASE_BUSY, STORE_MISMATCH, STORE_UNREACHABLE, INTERRUPTED, DISK_FULL
 */
export async function copyStore(options: CopyStoreOptions): Promise<CopiedStore> {
  const { config, db, to, isForced } = options;
  await requireCopyable(options);
  const place = to === undefined ? null : { id: await copyId(config, to), url: to.url };
  const target = { state: config.paths.state, store: to };
  const done = { copied: 0, bytes: 0, present: 0, damaged: [] as string[] };
  const originals = await copyBlobs(options, done, { from: originalsOf(blobPlace(config)), to: originalsOf(target) });
  await copyBlobs(options, done, { from: answersOf(blobPlace(config)), to: answersOf(target) });
  // They may have begun meanwhile.
  await requireNoWorkers(db);
  const lacking = (await listOriginalDigests(db)).filter((sha256) => !originals.has(sha256)).length;
  if (lacking > 0 && !isForced) return { ...done, lacking, isMoved: false };
  if (to !== undefined && place !== null) await writeMark(storeAt(to), place.id);
  await moveStore(db, place);
  await rm(noteOf(config), { force: true });
  return { ...done, lacking, isMoved: true };
}

/** @throws WinnowError as copyStore, before anything is copied */
async function requireCopyable({ config, db, to }: CopyStoreOptions): Promise<void> {
  const { store, paths } = config;
  if (to?.url === store?.url && to?.endpoint === store?.endpoint) {
    throw new WinnowError('USAGE', 'The originals are in that place already', { where: to?.url ?? paths.blobs });
  }
  await requireNoWorkers(db);
  await requireStore(db, store);
  const projects = to === undefined ? await countProjects(db) : 1;
  if (projects === 1) return;
  throw new WinnowError('USAGE', `The store is that of ${projects} projects, and a folder is that of one`, {
    where: store?.url,
    next: 'Copy the store with its own tools, or to another store.',
  });
}

/**
 * The id that a store gets, or has by an earlier call that was stopped.
 * @throws WinnowError STORE_MISMATCH where it belongs to somebody else
 */
async function copyId(config: ProjectConfig, to: StoreAddress): Promise<string> {
  // Never that of the place before, which would pass for this one.
  const [noted, url] = (await readFile(noteOf(config), 'utf8').catch(() => '')).trim().split(' ');
  const id = url === to.url && noted !== undefined ? noted : randomUUID();
  const marked = await readMark(storeAt(to));
  if (marked !== null && marked !== id) {
    throw new WinnowError('STORE_MISMATCH', 'The store belongs to another database', {
      where: to.url,
      next: 'Name a prefix that nothing is in yet.',
    });
  }
  await writeFileAtomic(noteOf(config), `${id} ${to.url}\n`);
  return id;
}

/** @throws WinnowError DATABASE_BUSY where workers are storing more */
async function requireNoWorkers(db: Database): Promise<void> {
  if ((await readWorkers(db)).length === 0) return;
  throw new WinnowError('DATABASE_BUSY', 'Workers are at work, and store originals where they are now', {
    next: 'Stop them, and run the same command again.',
  });
}

/** Of a copy under way: the id of the other place, and its address. */
function noteOf({ paths }: ProjectConfig): string {
  return path.join(paths.state, 'store-copy');
}

interface Places {
  readonly from: BlobStore;
  readonly to: BlobStore;
}

/** @returns digests of what is in the other place */
async function copyBlobs(
  { io }: CopyStoreOptions,
  done: { copied: number; bytes: number; present: number; readonly damaged: string[] },
  { from, to }: Places,
): Promise<ReadonlySet<string>> {
  const there = new Map<string, number>();
  for await (const { sha256, sizeBytes } of to.list()) there.set(sha256, sizeBytes);
  await withProgress(io.progress, { label: 'copy', unit: 'files' }, async (task) => {
    let seen = 0;
    const requireRunning = (): void =>
      requireUninterrupted(io.signal, 'Stopped while copying', { next: 'Run the same command again; it goes on.' });
    const copy = async ({ sha256, sizeBytes }: { readonly sha256: string; readonly sizeBytes: number }) => {
      requireRunning();
      if (there.get(sha256) === sizeBytes) done.present += 1;
      else {
        there.delete(sha256);
        const read = await from.read(sha256);
        if (read.ok) {
          await to.put(sha256, read.bytes);
          there.set(sha256, sizeBytes);
          done.copied += 1;
          done.bytes += sizeBytes;
        } else done.damaged.push(read.place);
      }
      task.update((seen += 1));
    };
    for await (const batch of from.listInBatches(LISTED_AT_ONCE))
      await forEachAtOnce(batch.values(), { atOnce: AT_ONCE }, copy);
    requireRunning();
  });
  return new Set(there.keys());
}
