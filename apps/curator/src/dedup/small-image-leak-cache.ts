import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { stableJson, writeFileAtomic } from '@winnow/files';
import { findLookLeaks } from './find-small-image-leaks';
import type { LookLeak, LookLeakSearch } from './find-small-image-leaks';

type Known = Readonly<Record<string, LookLeak | null>>;

/**
 * `findLookLeaks`, but only for originals that were not looked at before: what was found of each, or that nothing was,
 * is kept in a file.
 * @param file named after everything but the originals that the answers depend on
 * @throws WinnowError as findLookLeaks
 */
export async function knownLookLeaks(file: string, search: LookLeakSearch): Promise<ReadonlyMap<string, LookLeak>> {
  const known = await readKnown(file);
  const missing = search.originals.filter((sha256) => known[sha256] === undefined);
  const found = await findLookLeaks({ ...search, originals: missing });
  const all = search.originals.map((sha256): [string, LookLeak | null] => [
    sha256,
    known[sha256] ?? found.get(sha256) ?? null,
  ]);
  if (missing.length > 0 && search.heldOut.length > 0) {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFileAtomic(file, `${stableJson({ ...known, ...Object.fromEntries(all) })}\n`);
  }
  return new Map(all.flatMap(([sha256, leak]) => (leak === null ? [] : [[sha256, leak] as const])));
}

/** Empty where it is not there or not whole. */
async function readKnown(file: string): Promise<Known> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Known) : {};
  } catch {
    return {};
  }
}
