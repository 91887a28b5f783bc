import path from 'node:path';
import { isWinnowError } from '@winnow/contracts';
import { fileSha256 } from '@winnow/files';
import { loadManifest, plainFileBytes } from '@winnow/shards';
import type { FileSummary, LoadedBuild } from '@winnow/shards';

/** What is left of a build on disk. */
export interface BuildState {
  /** Null where it cannot be read. */
  readonly build: LoadedBuild | null;
  /** Null for a sound build. */
  readonly problem: string | null;
}

/**
 * Looks whether a build is whole: its lists fit together, shards, attribution and lists have their recorded sizes and
 * digests. Reads every byte of them, at the speed of the disk or of sha256.
 * @param digest that it must have, where it is known
 */
export async function inspectBuild(directory: string, digest?: string): Promise<BuildState> {
  const loaded = await loadManifest(directory).catch((error: unknown) => {
    if (isWinnowError(error)) return error;
    throw error;
  });
  if (isWinnowError(loaded)) return { build: null, problem: `${loaded.message} (${loaded.where ?? directory})` };
  if (digest !== undefined && loaded.manifest.digest !== digest) {
    return { build: loaded, problem: `dataset.json has the digest ${loaded.manifest.digest}, not ${digest}` };
  }
  const { shards, attribution, lists = [] } = loaded.manifest;
  const files = [...shards, ...(attribution === undefined ? [] : [attribution]), ...lists];
  // Sizes first: they cost nothing.
  for (const problemOf of [wrongSize, wrongDigest]) {
    for (const file of files) {
      const problem = await problemOf(directory, file);
      if (problem !== null) return { build: loaded, problem };
    }
  }
  return { build: loaded, problem: null };
}

async function wrongSize(directory: string, { name, sizeBytes }: FileSummary): Promise<string | null> {
  const found = await plainFileBytes(path.join(directory, name));
  if (typeof found === 'string') return `${name} is ${found}`;
  return found === sizeBytes ? null : `${name} has ${found} bytes, not ${sizeBytes}`;
}

async function wrongDigest(directory: string, { name, sha256 }: FileSummary): Promise<string | null> {
  return (await fileSha256(path.join(directory, name))) === sha256 ? null : `${name} was changed`;
}
