import { readFile, stat } from 'node:fs/promises';
import { resolveInside } from '@winnow/shards';
import type { ReadImage } from './import-source';

/**
 * Reads a file below a folder. Whatever is wrong with it is a refusal: links that lead out, pipes, files too large.
 * @param root as `realpath` gives it
 */
export async function readListedFile(root: string, name: string, maxBytes: number): Promise<ReadImage> {
  const found = await resolveInside(root, name);
  if (!found.ok && found.why === 'outside') {
    return { ok: false, outcome: 'address_refused', detail: 'the path leads out of the folder of the source' };
  }
  if (!found.ok) return { ok: false, outcome: 'gone', detail: 'no such file' };
  try {
    const facts = await stat(found.file);
    if (!facts.isFile()) return { ok: false, outcome: 'not_an_image', detail: 'not a plain file' };
    if (facts.size > maxBytes) return tooLarge(facts.size, maxBytes);
    return { ok: true, bytes: await readFile(found.file) };
  } catch (error) {
    return {
      ok: false,
      outcome: 'gone',
      detail: `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})`,
    };
  }
}

/** The refusal of a file above the limit. */
export function tooLarge(sizeBytes: number, maxBytes: number): ReadImage {
  return { ok: false, outcome: 'too_large', detail: `${sizeBytes} bytes are more than ${maxBytes}` };
}
