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

/** Writes a file so that it is either there in full or not at all. */
export async function writeDurably(path: string, chunks: Iterable<string | Uint8Array>): Promise<void> {
  const file = await open(temporaryPath(path), 'w');
  try {
    for (const chunk of chunks) await file.appendFile(chunk);
  } finally {
    await file.close();
  }
  await commitFile(path);
}

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
