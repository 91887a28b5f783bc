import path from 'node:path';
import { isWinnowError } from '@winnow/contracts';
import { fileProblem, loadManifest, recordedFiles, sizeProblem } from '@winnow/shards';
import type { LoadedBuild } from '@winnow/shards';

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
  // Sizes first: they cost nothing.
  for (const problemOf of [sizeProblem, fileProblem]) {
    for (const file of recordedFiles(loaded.manifest)) {
      const problem = await problemOf(path.join(directory, file.name), file);
      if (problem !== null) return { build: loaded, problem: `${file.name} ${problem}` };
    }
  }
  return { build: loaded, problem: null };
}
