import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { blobPath } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import { fileError, syncFolder, systemErrorCode, writeNewFile } from '@winnow/files';

const TEMPORARY = /^[\da-f]{64}\.(.+)\.(\d+)\.\d+\.tmp$/;
/** A file that another machine is still writing is younger than this. */
const STALE_MILLIS = 24 * 3600 * 1000;

/** Content-addressed files: `<folder>/ab/<sha256>`. A file is there complete or not at all. */
export class BlobStore {
  readonly #folder: string;
  readonly #made = new Set<string>();
  #counter = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  pathOf(sha256: string): string {
    return blobPath(this.#folder, sha256);
  }

  /** Whether the file is there and holds what its digest says; reads all of it. */
  async holds(sha256: string): Promise<boolean> {
    return (await readBlob(this.#folder, sha256)).ok;
  }

  /**
   * Writes a file under its digest and makes it durable. One with these very bytes stays, and counts as new: `winnow gc`
   * spares what is young, as its row may not be written yet. One with other bytes was damaged, and is replaced.
   * @returns `kept` where nothing had to be written
   * @throws WinnowError DISK_FULL or FILE_NOT_WRITABLE
   */
  async put(sha256: string, bytes: Uint8Array): Promise<'kept' | 'written'> {
    const file = this.pathOf(sha256);
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

  /** Removes a file, if it is there. */
  async remove(sha256: string): Promise<void> {
    await rm(this.pathOf(sha256), { force: true });
  }

  /** Removes what processes that were killed had begun to write. @returns number of files removed */
  async sweep(nowMillis: number): Promise<number> {
    let removed = 0;
    for (const folder of await readdir(this.#folder).catch(() => [])) {
      for (const name of await readdir(path.join(this.#folder, folder)).catch(() => [])) {
        const file = path.join(this.#folder, folder, name);
        if (!(await isLeftOver(file, name, nowMillis))) continue;
        await rm(file, { force: true });
        removed += 1;
      }
    }
    return removed;
  }

  async #makeFolder(folder: string): Promise<void> {
    if (this.#made.has(folder)) return;
    await mkdir(folder, { recursive: true });
    await syncFolder(this.#folder);
    this.#made.add(folder);
  }
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

/** The bytes of an original, or why they are not to be used: a value, as other originals are still to be had. */
export type BlobRead =
  | { readonly ok: true; readonly bytes: Buffer }
  | {
      readonly ok: false;
      readonly problem: 'missing' | 'changed' | 'unreadable';
      readonly file: string;
      /** One line without a stop, such as `the original was changed since it was stored`. */
      readonly detail: string;
    };

const DETAILS = {
  missing: 'the original is missing',
  changed: 'the original was changed since it was stored',
  unreadable: 'the original cannot be read',
} as const;

const REPAIR_ADVICE = 'Run `winnow verify PROJECT --repair`; what that cannot bring back, import or crawl again.';

/** Reads a whole file of a blob store and compares it with the digest that names it. Never rejects for a bad file. */
export async function readBlob(folder: string, sha256: string): Promise<BlobRead> {
  const file = blobPath(folder, sha256);
  const failed = (problem: keyof typeof DETAILS): BlobRead => ({ ok: false, problem, file, detail: DETAILS[problem] });
  try {
    // A pipe would be waited for without end.
    if (!(await stat(file)).isFile()) return failed('unreadable');
    const bytes = await readFile(file);
    return createHash('sha256').update(bytes).digest('hex') === sha256 ? { ok: true, bytes } : failed('changed');
  } catch (error) {
    return failed(systemErrorCode(error) === 'ENOENT' ? 'missing' : 'unreadable');
  }
}

/** The bytes of an original that is needed. @throws WinnowError DATA_CORRUPT where it is gone or was changed */
export async function requireBlob(folder: string, sha256: string): Promise<Buffer> {
  const read = await readBlob(folder, sha256);
  if (read.ok) return read.bytes;
  throw new WinnowError('DATA_CORRUPT', `An original cannot be used: ${read.detail}`, {
    where: read.file,
    next: REPAIR_ADVICE,
  });
}
