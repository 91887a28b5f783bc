import path from 'node:path';
import type { FindUnknown } from './find-stored-files';
import type { Found } from './list-folder';
import type { GcKind, Remover } from './remover';

/** Few enough that little time passes between question and removal. */
const AT_ONCE = 500;

/** Removes content-addressed files that nothing refers to, unless something came to refer to them since they were found. */
export async function removeStoredFiles(
  remover: Remover,
  kind: GcKind,
  { unknown, findUnknown }: { readonly unknown: readonly Found[]; readonly findUnknown: FindUnknown },
): Promise<void> {
  for (let from = 0; from < unknown.length; from += AT_ONCE) {
    const batch = unknown.slice(from, from + AT_ONCE);
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
