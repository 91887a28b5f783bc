import { requireUninterrupted, withProgress } from '@winnow/contracts';
import type { ProgressTask } from '@winnow/contracts';
import { missingEmbeddings, renewEmbeddings, saveEmbeddings } from '@winnow/db';
import type { Embedding } from '@winnow/db';
import { blobPlace, originalsOf, requireStore } from '@winnow/store';
import { unitFeatures } from '@winnow/training';
import type { OpenProject } from '../open-project';
import type { EmbeddingNetwork } from './load-embedding-network';
import { readOriginals } from './read-originals';

/** What a run stored. */
export interface EmbedResult {
  readonly stored: number;
  /** Originals that are not there or cannot be decoded: they stay without. */
  readonly unreadable: number;
  /** Of an image, by one of this run; null where there was nothing to do. */
  readonly featureDim: number | null;
}

/** Decoded pixels of one step stay below this; bytes. */
const STEP_BYTES = 64 * 1024 * 1024;
const MAX_AT_ONCE = 256;
/** Other commands wait while features are stored: not for every step. */
const STORE_MILLIS = 30_000;
/** Rows of one query. */
const MAX_WAITING = 4096;
/** Unreadable images named one by one. */
const MAX_NAMED = 5;

/**
 * Stores features of every decoded original of the project that has none of this network yet, step by step: what was
 * stored before an interruption stays, and the next call goes on. The same engine gives the same features.
 * @throws WinnowError INTERRUPTED; TEACHER_MISMATCH for a network whose features cannot be used
 */
export async function embedImages(
  { config, withDatabase, io }: Pick<OpenProject, 'config' | 'withDatabase' | 'io'>,
  { id, frozen }: Pick<EmbeddingNetwork, 'id' | 'frozen'>,
): Promise<EmbedResult> {
  const digests = await withDatabase(async (db) => {
    await requireStore(db, config.store);
    const missing = await missingEmbeddings(db, config.name, id);
    if (missing.length === 0) await renewEmbeddings(db, config.name, id);
    return missing;
  });
  if (digests.length === 0) {
    return { stored: 0, unreadable: 0, featureDim: null };
  }
  const { size } = frozen.input;
  const originals = originalsOf(blobPlace(config));
  const step = Math.max(1, Math.min(MAX_AT_ONCE, Math.floor(STEP_BYTES / (size * size * 3))));
  const read = (from: number) => readOriginals(originals, digests.slice(from, from + step), size);
  const shown = { label: 'embed', total: digests.length, unit: 'images' };
  const unreadable: { readonly sha256: string; readonly detail: string }[] = [];
  const waiting: Embedding[] = [];
  let storedMillis = Date.now();
  const store = async (): Promise<void> => {
    const rows = waiting.splice(0);
    if (rows.length > 0) await withDatabase((db) => saveEmbeddings(db, id, rows));
    storedMillis = Date.now();
  };
  const work = async (task: ProgressTask): Promise<void> => {
    for (let from = 0; from < digests.length; from += step) {
      requireUninterrupted(io.signal, 'Stopped while embedding', {
        next: 'Run the same command again; it goes on from here.',
      });
      const found = await read(from);
      const features = await unitFeatures(frozen, found.images, { batch: step });
      found.images.keys.forEach((sha256, row) => waiting.push({ sha256, values: features[row] as Float32Array }));
      if (waiting.length >= MAX_WAITING || Date.now() - storedMillis >= STORE_MILLIS) await store();
      unreadable.push(...found.unreadable);
      task.update(Math.min(digests.length, from + step));
    }
  };
  // Also what was computed before a failure or Ctrl-C.
  await withProgress(io.progress, shown, work).finally(store);
  for (const { sha256, detail } of unreadable.slice(0, MAX_NAMED)) io.log(`${sha256}: left out, ${detail}`);
  return {
    stored: digests.length - unreadable.length,
    unreadable: unreadable.length,
    featureDim: frozen.featureDim,
  };
}
