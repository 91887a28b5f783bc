import path from 'node:path';
import { listFiles, listFolder } from './list-folder';
import type { Found } from './list-folder';
import type { GcKind, Remover } from './remover';

const DIGEST = /^[0-9a-f]{64}$/;
const TEMPORARY = /\.tmp$/;
/** Digests that are looked up at once. */
const LOOKED_UP_AT_ONCE = 10_000;
/** Few enough that little time passes between question and removal. */
const REMOVED_AT_ONCE = 500;

/** Of these digests, those that nothing refers to. */
export type FindUnknown = (digests: readonly string[]) => Promise<readonly string[]>;

export interface StoredFiles {
  /** Number of those that something refers to. */
  readonly known: number;
  /** Content-addressed files that nothing refers to. */
  readonly unknown: readonly Found[];
  readonly temporary: readonly Found[];
}

/** Looks through a folder of content-addressed files. Files of other names are left alone. */
export async function findStoredFiles(folder: string, findUnknown: FindUnknown): Promise<StoredFiles> {
  const unknown: Found[] = [];
  const temporary: Found[] = [];
  let found = 0;
  let waiting = new Map<string, Found>();
  const lookUp = async (): Promise<void> => {
    found += waiting.size;
    for (const digest of await findUnknown([...waiting.keys()])) unknown.push(waiting.get(digest) as Found);
    waiting = new Map();
  };
  for (const { path: part, isFolder } of await listFolder(folder)) {
    if (!isFolder) continue;
    for (const file of await listFiles(part)) {
      const name = path.basename(file.path);
      if (TEMPORARY.test(name)) temporary.push(file);
      else if (DIGEST.test(name) && name.startsWith(path.basename(part))) waiting.set(name, file);
      if (waiting.size >= LOOKED_UP_AT_ONCE) await lookUp();
    }
  }
  await lookUp();
  return { known: found - unknown.length, unknown, temporary };
}

/** Removes content-addressed files that nothing refers to, unless something came to refer to them since they were found. */
export async function removeStoredFiles(
  remover: Remover,
  kind: GcKind,
  { unknown, findUnknown }: { readonly unknown: readonly Found[]; readonly findUnknown: FindUnknown },
): Promise<void> {
  for (let from = 0; from < unknown.length; from += REMOVED_AT_ONCE) {
    const batch = unknown.slice(from, from + REMOVED_AT_ONCE);
    const still = new Set(await findUnknown(batch.map(digestOf)));
    await remover.removeFiles(
      kind,
      batch.filter((file) => still.has(digestOf(file))),
    );
  }
}

function digestOf({ path: file }: Found): string {
  return path.basename(file);
}
