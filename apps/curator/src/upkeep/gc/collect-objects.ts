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
 * @param graceMillis by the clock of the database; 0 where nobody else can be storing anything
 * @throws WinnowError STORE_UNREACHABLE, INTERRUPTED
 */
export async function collectObjects(
  { config, db, io, isDryRun }: ObjectGcOptions,
  graceMillis: number,
): Promise<CollectedObjects> {
  const place = blobPlace(config);
  const stores: Readonly<Record<Kind, BlobStore>> = { originals: originalsOf(place), answers: answersOf(place) };
  const unknown = new Map<string, ObjectFacts>();
  for (const kind of Object.keys(stores) as Kind[]) {
    for await (const objects of unknownObjects(db, { kind, blobs: stores[kind] })) {
      requireUninterrupted(io.signal, 'Stopped while looking through the store');
      for (const object of objects) unknown.set(object.key, object);
      if (!isDryRun)
        await condemnObjects(
          db,
          objects.map(({ key }) => key),
        );
    }
  }
  const gone = isDryRun
    ? await wouldGo(db, [...unknown.keys()], graceMillis)
    : await sweep(db, { stores, facts: unknown, graceMillis });
  if (!isDryRun) await forgetRemovedObjects(db, graceMillis);
  const freed = { originals: { items: 0, bytes: 0 }, answers: { items: 0, bytes: 0 } };
  for (const key of gone) {
    const { kind, sizeBytes } = unknown.get(key) as ObjectFacts;
    freed[kind].items += 1;
    freed[kind].bytes += sizeBytes;
  }
  return { freed, condemned: unknown.size - gone.length };
}

interface ObjectFacts {
  readonly key: string;
  readonly sha256: string;
  readonly kind: Kind;
  readonly sizeBytes: number;
}

/** Objects that nothing refers to, some at a time. */
async function* unknownObjects(
  db: Database,
  { kind, blobs }: { readonly kind: Kind; readonly blobs: BlobStore },
): AsyncGenerator<readonly ObjectFacts[]> {
  let waiting: ObjectFacts[] = [];
  const ask = async (): Promise<readonly ObjectFacts[]> => {
    const digests = new Set(
      await UNKNOWN_IN[kind](
        db,
        waiting.map(({ sha256 }) => sha256),
      ),
    );
    return waiting.filter(({ sha256 }) => digests.has(sha256));
  };
  for await (const { key, sha256, sizeBytes } of blobs.list()) {
    waiting.push({ key, sha256, kind, sizeBytes });
    if (waiting.length < ASKED_AT_ONCE) continue;
    yield await ask();
    waiting = [];
  }
  yield await ask();
}

async function wouldGo(db: Database, keys: readonly string[], graceMillis: number): Promise<readonly string[]> {
  return graceMillis === 0 ? keys : listCondemned(db, keys, graceMillis);
}

interface Sweep {
  readonly stores: Readonly<Record<Kind, BlobStore>>;
  /** By key. */
  readonly facts: ReadonlyMap<string, ObjectFacts>;
  readonly graceMillis: number;
}

async function sweep(db: Database, { stores, facts, graceMillis }: Sweep): Promise<readonly string[]> {
  const gone: string[] = [];
  const digestsOf = (kind: Kind, keys: readonly string[]): readonly string[] =>
    keys.flatMap((key) => (facts.get(key)?.kind === kind ? [facts.get(key)?.sha256 ?? ''] : []));
  for (;;) {
    const removed = await removeCondemned(db, {
      graceMillis,
      // What this call did not find unknown is left for one that does.
      async stillUnknown(tx, keys) {
        const originals = await unknownOriginals(tx, digestsOf('originals', keys));
        const answers = await unknownAnswers(tx, digestsOf('answers', keys));
        const unknown = new Set([...originals, ...answers]);
        return keys.filter((key) => unknown.has(facts.get(key)?.sha256 ?? ''));
      },
      async remove(keys) {
        for (const kind of Object.keys(stores) as Kind[]) await stores[kind].remove(digestsOf(kind, keys));
      },
    });
    if (removed.length === 0) return gone;
    for (const key of removed) gone.push(key);
  }
}
