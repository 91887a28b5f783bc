import path from 'node:path';
import { listFiles, listFolder } from './list-folder';
import type { Found } from './list-folder';

const DIGEST = /^[0-9a-f]{64}$/;
const TEMPORARY = /\.tmp$/;
/** Digests that are looked up at once. */
const AT_ONCE = 10_000;

export interface StoredFiles {
  /** Content-addressed files that nothing refers to. */
  readonly unknown: readonly Found[];
  readonly temporary: readonly Found[];
}

/**
 * Looks through a folder of content-addressed files. Files of other names are left alone.
 * @param findUnknown of these digests, those that nothing refers to
 */
export async function findStoredFiles(
  folder: string,
  findUnknown: (digests: readonly string[]) => Promise<readonly string[]>,
): Promise<StoredFiles> {
  const unknown: Found[] = [];
  const temporary: Found[] = [];
  let waiting = new Map<string, Found>();
  const lookUp = async (): Promise<void> => {
    for (const digest of await findUnknown([...waiting.keys()])) unknown.push(waiting.get(digest) as Found);
    waiting = new Map();
  };
  for (const { path: part, isFolder } of await listFolder(folder)) {
    if (!isFolder) continue;
    for (const file of await listFiles(part)) {
      const name = path.basename(file.path);
      if (TEMPORARY.test(name)) temporary.push(file);
      else if (DIGEST.test(name) && name.startsWith(path.basename(part))) waiting.set(name, file);
      if (waiting.size >= AT_ONCE) await lookUp();
    }
  }
  await lookUp();
  return { unknown, temporary };
}
