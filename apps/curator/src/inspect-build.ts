import { stat } from 'node:fs/promises';
import path from 'node:path';
import { isWinnowError } from '@winnow/contracts';
import { loadManifest } from '@winnow/shards';
import type { LoadedBuild } from '@winnow/shards';

/** What is left of a build on disk. */
export interface BuildState {
  /** Null where it cannot be read. */
  readonly build: LoadedBuild | null;
  /** Null for a sound build. */
  readonly problem: string | null;
}

/**
 * Looks whether a build is whole: its lists fit together, shards, attribution and lists have their recorded sizes. Reads none
 * of them, so a changed byte within one goes unnoticed.
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
  for (const { name, sizeBytes } of [...shards, ...(attribution === undefined ? [] : [attribution]), ...lists]) {
    const found = await sizeOf(path.join(directory, name));
    if (found === null) return { build: loaded, problem: `${name} is missing` };
    if (found !== sizeBytes) return { build: loaded, problem: `${name} has ${found} bytes, not ${sizeBytes}` };
  }
  return { build: loaded, problem: null };
}

async function sizeOf(file: string): Promise<number | null> {
  return stat(file).then(
    (stats) => (stats.isFile() ? stats.size : null),
    () => null,
  );
}
