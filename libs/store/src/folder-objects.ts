import { mkdir, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { compareText } from '@winnow/contracts';
import { fileError, syncFolder, systemErrorCode, writeNewFile } from '@winnow/files';
import type { ObjectStore, StoredObject } from './object-store';

/** Of a temporary file's name: machine and process. */
const TEMPORARY = /\.([^/]+)\.(\d+)\.\d+\.tmp$/;
/** A file that another machine is still writing is younger than this. */
const STALE_MILLIS = 24 * 3600 * 1000;

/** Objects as files of a folder, by their keys. */
export class FolderObjects implements ObjectStore {
  readonly rereads = 0;
  readonly #folder: string;
  readonly #made = new Set<string>();
  #counter = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  placeOf(key: string): string {
    return path.join(this.#folder, key);
  }

  /**
   * A file with these very bytes stays, and counts as new: `winnow gc` spares what is young, as its row may not be
   * written yet. One with other bytes was damaged, and is replaced.
   */
  async put(key: string, bytes: Uint8Array): Promise<'kept' | 'written'> {
    const file = this.placeOf(key);
    this.#counter += 1;
    const temporary = `${file}.${hostname()}.${process.pid}.${this.#counter}.tmp`;
    try {
      await this.#makeFolder(path.dirname(file));
      if ((await touch(file)) && (await holdsBytes(file, bytes))) return 'kept';
      await writeNewFile(temporary, bytes);
      await rename(temporary, file);
      await syncFolder(path.dirname(file));
      return 'written';
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw fileError(error, file);
    }
  }

  async get(key: string): Promise<Buffer | null> {
    const file = this.placeOf(key);
    try {
      // A pipe would be waited for without end.
      if (!(await stat(file)).isFile()) throw new Error(`no plain file: ${file}`);
      return await readFile(file);
    } catch (error) {
      if (isAbsent(error)) return null;
      throw error;
    }
  }

  async sizeOf(key: string): Promise<number | null> {
    const file = this.placeOf(key);
    const facts = await stat(file).catch((error: unknown) => {
      if (isAbsent(error)) return null;
      throw fileError(error, file);
    });
    return facts?.isFile() === true ? facts.size : null;
  }

  async *list(prefix: string): AsyncIterable<StoredObject> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    for await (const object of this.#listFolder(folder)) if (object.key.startsWith(prefix)) yield object;
  }

  async remove(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      const file = this.placeOf(key);
      await rm(file, { force: true }).catch((error: unknown) => {
        if (!isAbsent(error)) throw fileError(error, file);
      });
    }
  }

  async sweep(nowMillis: number): Promise<number> {
    let removed = 0;
    for (const folder of await readdir(this.#folder).catch(() => [])) {
      for (const name of await readdir(this.placeOf(folder)).catch(() => [])) {
        const file = path.join(this.#folder, folder, name);
        if (!(await isLeftOver(file, name, nowMillis))) continue;
        await rm(file, { force: true });
        removed += 1;
      }
    }
    return removed;
  }

  /** @param folder of keys, empty or with a slash at its end */
  async *#listFolder(folder: string): AsyncGenerator<StoredObject> {
    const entries = await readdir(this.placeOf(folder), { withFileTypes: true }).catch((error: unknown) => {
      if (isAbsent(error)) return [];
      throw fileError(error, this.placeOf(folder));
    });
    // As a store sorts keys: a folder's slash counts.
    const names = entries.map((entry) => ({ entry, key: `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}` }));
    names.sort((a, b) => compareText(a.key, b.key));
    for (const { entry, key } of names) {
      if (entry.isDirectory()) yield* this.#listFolder(key);
      else if (entry.isFile() && !TEMPORARY.test(entry.name)) {
        const sizeBytes = await this.sizeOf(key);
        if (sizeBytes !== null) yield { key, sizeBytes };
      }
    }
  }

  async #makeFolder(folder: string): Promise<void> {
    if (this.#made.has(folder)) return;
    await mkdir(folder, { recursive: true });
    await syncFolder(this.#folder);
    this.#made.add(folder);
  }
}

function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error));
}

/** Makes a file look as if it was written now. @returns whether it is there */
async function touch(file: string): Promise<boolean> {
  const now = new Date();
  return utimes(file, now, now).then(
    () => true,
    // There, but of another user or on a disk that cannot be written.
    (error: unknown) => ['EPERM', 'EROFS'].includes(String((error as NodeJS.ErrnoException).code)),
  );
}

/** Compares bytes, which is cheaper than their digests; the file is read only where its size is right. */
async function holdsBytes(file: string, bytes: Uint8Array): Promise<boolean> {
  const facts = await stat(file);
  return facts.isFile() && facts.size === bytes.length && (await readFile(file)).equals(bytes);
}

async function isLeftOver(file: string, name: string, nowMillis: number): Promise<boolean> {
  const match = TEMPORARY.exec(name);
  if (match === null) return false;
  const pid = Number(match[2]);
  if (match[1] === hostname() && pid !== process.pid && !isRunning(pid)) return true;
  const facts = await stat(file).catch(() => undefined);
  return facts !== undefined && nowMillis - facts.mtimeMs > STALE_MILLIS;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
