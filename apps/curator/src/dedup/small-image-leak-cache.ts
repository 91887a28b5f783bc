import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { stableJson, writeFileAtomic } from '@winnow/files';
import type { FoundLeaks } from './find-build-leaks';
import { findSmallImageLeaks } from './find-small-image-leaks';
import type { SmallImageLeak, SmallImageLeakSearch } from './find-small-image-leaks';

/** As the file has it, whose name for `flipped` is older. */
type StoredLeak = Omit<SmallImageLeak, 'flipped'> & { readonly mirrored: boolean };
type Known = Readonly<Record<string, StoredLeak | null>>;

/**
 * `findSmallImageLeaks`, but only for originals that were not looked at before: what was found of each, or that nothing
 * was, is kept in a file, as if people had said nothing. Originals of which they say that they are no copy of what was
 * found are looked at again each time: another test image may show the same photograph.
 * @param file named after everything but the originals that the answers depend on
 * @throws WinnowError as findSmallImageLeaks
 */
export async function knownSmallImageLeaks(
  file: string,
  { isNoCopy = () => false, ...search }: SmallImageLeakSearch,
): Promise<FoundLeaks<SmallImageLeak>> {
  let leaks = await withoutWords(file, search);
  const isTold = ({ sha256, heldOutId }: SmallImageLeak): boolean => isNoCopy(sha256, heldOutId);
  const refused: SmallImageLeak[] = [];
  for (;;) {
    const toldAway = [...leaks.values()].filter(isTold);
    if (toldAway.length === 0) return { leaks, refused };
    refused.push(...toldAway);
    const pairs = new Set(refused.map(({ sha256, heldOutId }) => `${sha256} ${heldOutId}`));
    const others = await findSmallImageLeaks({
      ...search,
      originals: toldAway.map(({ sha256 }) => sha256),
      isNoCopy: (sha256, heldOutId) => pairs.has(`${sha256} ${heldOutId}`),
    });
    leaks = new Map([...[...leaks].filter(([, leak]) => !isTold(leak)), ...others]);
  }
}

async function withoutWords(
  file: string,
  search: Omit<SmallImageLeakSearch, 'isNoCopy'>,
): Promise<ReadonlyMap<string, SmallImageLeak>> {
  const known = await readKnown(file);
  const missing = search.originals.filter((sha256) => known[sha256] === undefined);
  const found = await findSmallImageLeaks({ ...search, originals: missing });
  const all = search.originals.map((sha256): [string, StoredLeak | null] => [
    sha256,
    known[sha256] ?? toStored(found.get(sha256)),
  ]);
  if (missing.length > 0 && search.heldOut.length > 0) {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFileAtomic(file, `${stableJson({ ...known, ...Object.fromEntries(all) })}\n`);
  }
  return new Map(all.flatMap(([sha256, leak]) => (leak === null ? [] : [[sha256, fromStored(leak)] as const])));
}

function toStored(leak: SmallImageLeak | undefined): StoredLeak | null {
  if (leak === undefined) return null;
  const { flipped: mirrored, ...rest } = leak;
  return { ...rest, mirrored };
}

function fromStored({ mirrored: flipped, ...rest }: StoredLeak): SmallImageLeak {
  return { ...rest, flipped };
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
