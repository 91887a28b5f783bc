import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

import { systemErrorCode } from './system-error-code';

/** Writes a new file and waits until its bytes are on the disk; its name may not be yet. */
export async function writeNewFile(file: string, bytes: Uint8Array | string): Promise<void> {
  const handle = await open(file, 'wx');
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
  const handle = await open(folder, 'r').catch(() => undefined);
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
