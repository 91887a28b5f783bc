import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { ProjectConfig } from '@winnow/config';
import { isWinnowError, requireUninterrupted, withProgress } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import { refetchOriginals } from '@winnow/db';
import type { Database } from '@winnow/db';
import { listImports } from '@winnow/runs';
import { readDataset, readMember, readSamples } from '@winnow/shards';
import { blobPlace, originalsOf } from '@winnow/store';
import type { BlobStore } from '@winnow/store';
import { loadItems } from '../../import/load-items';
import { openSource } from '../../import/sources/open-source';

export interface RepairOptions {
  readonly config: ProjectConfig;
  readonly db: Database;
  readonly io: Pick<CommandIo, 'log' | 'progress' | 'signal'>;
}

/** What came of originals that were gone or damaged: sha256 of each, hex, in one of the lists. */
export interface RepairResult {
  readonly restored: readonly string[];
  /** `winnow crawl` fetches them again. */
  readonly due: readonly string[];
  readonly lost: readonly string[];
}

/** Originals that are still to be found. */
interface Search extends RepairOptions {
  readonly missing: Set<string>;
  readonly blobs: BlobStore;
}

/**
 * Puts originals back that are gone or were changed: from the sources that they were imported from, or from builds that
 * hold them byte by byte. URLs of the others become due for the next crawl.
 * @param digests sha256, hex
 * @throws WinnowError INTERRUPTED; DISK_FULL, FILE_NOT_WRITABLE
 */
export async function repairOriginals(digests: readonly string[], options: RepairOptions): Promise<RepairResult> {
  const { config, db, io } = options;
  const search: Search = { ...options, missing: new Set(digests), blobs: originalsOf(blobPlace(config, db)) };
  await withProgress(io.progress, { label: 'repair', total: digests.length, unit: 'images' }, async (task) => {
    for (const searchIn of [searchSources, searchBuilds]) {
      await searchIn(search, () => task.update(digests.length - search.missing.size));
    }
  });
  const due = await refetchOriginals(db, config.name, [...search.missing], new Date());
  return {
    restored: digests.filter((sha256) => !search.missing.has(sha256)),
    due: digests.filter((sha256) => due.has(sha256)),
    lost: digests.filter((sha256) => search.missing.has(sha256) && !due.has(sha256)),
  };
}

async function searchSources(search: Search, onFound: () => void): Promise<void> {
  const { name, paths } = search.config;
  for (const { origin } of await listImports(paths.state, name)) {
    if (search.missing.size === 0) return;
    if (origin === undefined) continue;
    try {
      const { items } = await openSource(origin.path, origin.options);
      for await (const batch of loadItems(items(), ({ className }) => className ?? '')) {
        requireUninterrupted(search.io.signal, 'Stopped while repairing');
        for (const { image } of batch) if (image?.ok === true) await offer(search, image.sha256, image.bytes);
        onFound();
        if (search.missing.size === 0) return;
      }
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      search.io.log(`Not read again: ${origin.path}. ${error.message}.`);
    }
  }
}

async function searchBuilds(search: Search, onFound: () => void): Promise<void> {
  const { builds } = search.config.paths;
  for (const name of await readdir(builds).catch(() => [])) {
    if (search.missing.size === 0) return;
    const dir = path.join(builds, name);
    try {
      for await (const { sha256, unchanged, shard, offset, length } of readSamples(dir, await readDataset(dir))) {
        if (unchanged !== true || !search.missing.has(sha256)) continue;
        const bytes = await readMember(path.join(dir, shard), offset, length);
        await offer(search, createHash('sha256').update(bytes).digest('hex'), bytes);
        onFound();
      }
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      // What is wrong with a build is told by verify itself.
      if (!isWinnowError(error)) search.io.log(`Not read: ${dir}. ${error.message}.`);
    }
  }
}

async function offer({ missing, blobs }: Search, sha256: string, bytes: Uint8Array): Promise<void> {
  if (!missing.has(sha256)) return;
  await blobs.put(sha256, bytes);
  missing.delete(sha256);
}

/** Of one source or build, or of what it reads, but not of what is written: the others may hold what is missing. */
function isUnreadable(error: unknown): error is Error {
  if (isWinnowError(error))
    return !['DISK_FULL', 'FILE_NOT_WRITABLE', 'INTERRUPTED', 'STORE_UNREACHABLE'].includes(error.code);
  // Of node:fs, e.g. EACCES.
  return typeof (error as { readonly syscall?: unknown } | null)?.syscall === 'string';
}
