import type { ProjectConfig } from '@winnow/config';
import { requireUninterrupted } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import {
  condemnObjects,
  forgetRemovedObjects,
  listCondemned,
  removeCondemned,
  unknownAnswers,
  unknownOriginals,
} from '@winnow/db';
import type { Database } from '@winnow/db';
import { answersOf, blobPlace, originalsOf } from '@winnow/store';
import type { BlobStore } from '@winnow/store';

/** Objects of which the database is asked together. */
const ASKED_AT_ONCE = 1000;

const UNKNOWN_IN = { originals: unknownOriginals, answers: unknownAnswers } as const;
type Kind = keyof typeof UNKNOWN_IN;
const KINDS = Object.keys(UNKNOWN_IN) as readonly Kind[];
/** Few, as their rows are locked while the store removes them. */
const REMOVED_AT_ONCE = 500;

interface ObjectGcOptions {
  readonly config: ProjectConfig;
  readonly db: Database;
  readonly io: Pick<CommandIo, 'signal'>;
  /** Nothing is noted or removed. */
  readonly isDryRun: boolean;
}

/** What came of the objects that nothing refers to. */
export interface CollectedObjects {
  /** What is gone, or would be. */
  readonly freed: Readonly<Record<Kind, { readonly items: number; readonly bytes: number }>>;
  /** Noted only: they go when nothing refers to them after a while either. */
  readonly condemned: number;
}

/**
 * Removes objects of a store that nothing referred to when an earlier call looked, so long ago, nor does now; notes the others that
 * nothing refers to. No time of the store or of this machine counts, and an old list only delays.
 * @param graceMillis by the clock of the database
 * @param check told how many originals the database knows, and how many it does not, before anything is noted
 * @throws WinnowError STORE_UNREACHABLE, INTERRUPTED; what `check` throws
 */
export async function collectObjects(
  { config, db, io, isDryRun }: ObjectGcOptions,
  graceMillis: number,
  check: (counts: { readonly known: number; readonly unknown: number }) => void,
): Promise<CollectedObjects> {
  const place = blobPlace(config);
  const stores: Readonly<Record<Kind, BlobStore>> = { originals: originalsOf(place), answers: answersOf(place) };
  const unknown = new Map<string, ObjectFacts>();
  let seen = 0;
  for (const kind of KINDS) {
    for await (const batch of stores[kind].listInBatches(ASKED_AT_ONCE)) {
      requireUninterrupted(io.signal, 'Stopped while looking through the store');
      const objects = batch.map((blob) => ({ ...blob, kind }));
      const keys = new Set(await unknownAmong(db, objects));
      for (const object of objects) if (keys.has(object.key)) unknown.set(object.key, object);
      seen += objects.length;
    }
    if (kind === 'originals') check({ known: seen - unknown.size, unknown: unknown.size });
  }
  const gone = new Set<string>();
  const facts = [...unknown.values()];
  for (let from = 0; from < facts.length; from += REMOVED_AT_ONCE) {
    requireUninterrupted(io.signal, 'Stopped while removing', { next: 'Run the same command again; it goes on.' });
    const part = facts.slice(from, from + REMOVED_AT_ONCE);
    const keys = part.map(({ key }) => key);
    if (!isDryRun) await condemnObjects(db, keys);
    const only = (due: readonly string[]) => part.filter(({ key }) => due.includes(key));
    const removed = isDryRun
      ? await listCondemned(db, keys, graceMillis)
      : await removeCondemned(db, keys, {
          graceMillis,
          stillUnknown: (tx, due) => unknownAmong(tx, only(due)),
          remove: (due) => removeObjects(stores, only(due)),
        });
    for (const key of removed) gone.add(key);
  }
  if (!isDryRun) await forgetRemovedObjects(db, graceMillis);
  const freed = { originals: { items: 0, bytes: 0 }, answers: { items: 0, bytes: 0 } };
  for (const { key, kind, sizeBytes } of facts) {
    if (!gone.has(key)) continue;
    freed[kind].items += 1;
    freed[kind].bytes += sizeBytes;
  }
  return { freed, condemned: unknown.size - gone.size };
}

interface ObjectFacts {
  readonly key: string;
  readonly sha256: string;
  readonly kind: Kind;
  readonly sizeBytes: number;
}

/** Keys of those that nothing refers to. */
async function unknownAmong(db: Database, objects: readonly ObjectFacts[]): Promise<readonly string[]> {
  const keys: string[] = [];
  for (const kind of KINDS) {
    const own = objects.filter((object) => object.kind === kind);
    const digests = new Set(await UNKNOWN_IN[kind](db, digestsOf(own)));
    for (const { key, sha256 } of own) if (digests.has(sha256)) keys.push(key);
  }
  return keys;
}

async function removeObjects(
  stores: Readonly<Record<Kind, BlobStore>>,
  objects: readonly ObjectFacts[],
): Promise<void> {
  for (const kind of KINDS) await stores[kind].remove(digestsOf(objects.filter((object) => object.kind === kind)));
}

function digestsOf(objects: readonly ObjectFacts[]): readonly string[] {
  return objects.map(({ sha256 }) => sha256);
}
