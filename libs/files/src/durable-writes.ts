import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileError, systemErrorCode } from './system-error';

/**
 * Writes a new file and waits until its bytes are on the disk; its name may not be yet.
 * @param mode who may do what with it, as `open` takes it
 */
export async function writeNewFile(file: string, bytes: Uint8Array | string, mode?: number): Promise<void> {
  const handle = await open(file, 'wx', mode);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a folder, and those that it lies in, whose names outlast a loss of power. */
export async function makeDurableFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  const above = dirname(first);
  for (let place = dirname(folder); ; place = dirname(place)) {
    await syncFolder(place);
    if (place === above || place === dirname(place)) return;
  }
}

/** Makes new names within a folder durable; where a system cannot open folders, they already are. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch((error: unknown) => {
    const code = systemErrorCode(error);
    if (code === 'EISDIR' || code === 'EPERM' || (code === 'EACCES' && process.platform === 'win32')) return undefined;
    throw error;
  });
  if (handle === undefined) return;
  try {
    await handle.sync();
  } catch (error) {
    const code = systemErrorCode(error);
    if (code !== 'EINVAL' && code !== 'EPERM' && code !== 'EISDIR') throw error;
  } finally {
    await handle.close();
  }
}

let counter = 0;

/**
 * Writes a file so that a reader, or a machine that loses power, sees either the old or the new content:
 * temporary name, fsync, rename, fsync of the folder. The folder must exist.
 * @param mode of the new file, as writeNewFile
 * @throws WinnowError DISK_FULL, FILE_NOT_WRITABLE or FILE_NOT_FOUND; the old content is then untouched
 */
export async function writeFileAtomic(path: string, bytes: Uint8Array | string, mode?: number): Promise<void> {
  counter += 1;
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}-${counter}.tmp`);
  try {
    await writeNewFile(temporary, bytes, mode);
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fileError(error, path);
  }
}

/** Name under which a file is written before it is complete. */
export function temporaryPath(path: string): string {
  return `${path}.tmp`;
}

/** Makes a complete temporary file appear under its name, and survive a loss of power. */
export async function commitFile(path: string, temporary = temporaryPath(path)): Promise<void> {
  const handle = await open(temporary, 'r');
  await handle.sync().finally(() => handle.close());
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

/** What was written. */
export interface WrittenFile {
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** Writes a file so that it is either there in full or not at all. Holds no more of it than a megabyte and a chunk. */
export async function writeDurably(path: string, chunks: Iterable<string | Uint8Array>): Promise<WrittenFile> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const file = await open(temporaryPath(path), 'w');
  try {
    for (const batch of inBatches(chunks)) {
      hash.update(batch);
      sizeBytes += batch.length;
      await file.appendFile(batch);
    }
  } finally {
    await file.close();
  }
  await commitFile(path);
  return { sizeBytes, sha256: hash.digest('hex') };
}

/** Small pieces cost a system call each. */
export const WRITE_BATCH_BYTES = 1 << 20;

function* inBatches(chunks: Iterable<string | Uint8Array>): Generator<Buffer> {
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  for (const chunk of chunks) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    waiting.push(bytes);
    waitingBytes += bytes.length;
    if (waitingBytes < WRITE_BATCH_BYTES) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    waitingBytes = 0;
  }
  if (waitingBytes > 0) yield Buffer.concat(waiting);
}
