import { createHash } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Name under which a file is written before it is complete. */
export function temporaryPath(path: string): string {
  return `${path}.tmp`;
}

/** Makes a complete temporary file appear under its name, and survive a power cut. */
export async function commitFile(path: string, temporary = temporaryPath(path)): Promise<void> {
  await syncPath(temporary);
  await rename(temporary, path);
  await syncPath(dirname(path));
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

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
