import type { Decision } from '@winnow/contracts';

/** What one person did, in order; sent until the server says that it is stored. */
export type WaitingItem = (
  | { readonly kind: 'decision'; readonly decision: Decision }
  | { readonly kind: 'undo' | 'redo'; readonly batch?: string }
) & {
  readonly id: string;
  /** Whose it is: a tab of somebody else in the same browser must not send it. Earlier versions did not keep it. */
  readonly person?: string;
};

const STORE = 'waiting';
/** A request has 1 MB at most, and a decision some 400 bytes. */
const AT_ONCE = 1000;

/**
 * Decisions that are not stored yet, in IndexedDB: they outlive tab and browser. One database a project, as another
 * project may be served at the same port later.
 */
export class WaitingStore {
  readonly #database: Promise<IDBDatabase>;

  constructor(project: string) {
    this.#database = open(`winnow: ${project}`);
  }

  /** Oldest first. */
  async all(): Promise<readonly WaitingItem[]> {
    const store = (await this.#database).transaction(STORE).objectStore(STORE);
    return finished(store.getAll() as IDBRequest<WaitingItem[]>);
  }

  async add(items: readonly WaitingItem[]): Promise<void> {
    await this.#change((store) => items.forEach((item) => store.add(item)));
  }

  async remove(ids: ReadonlySet<string>): Promise<void> {
    await this.#change((store) => {
      const cursor = store.openCursor();
      cursor.onsuccess = () => {
        if (cursor.result === null) return;
        if (ids.has((cursor.result.value as WaitingItem).id)) cursor.result.delete();
        cursor.result.continue();
      };
    });
  }

  async #change(change: (store: IDBObjectStore) => void): Promise<void> {
    const transaction = (await this.#database).transaction(STORE, 'readwrite', { durability: 'strict' });
    change(transaction.objectStore(STORE));
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error('The browser could not keep a decision.'));
    });
  }
}

function open(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  // Numbers of its own, so that the order is that in which they were added.
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { autoIncrement: true });
  return finished(request);
}

function finished<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('The browser could not read its decisions.'));
  });
}

/** Decisions that follow each other go together; an undo goes by itself. */
export function firstRun(items: readonly WaitingItem[]): readonly WaitingItem[] {
  const [first] = items;
  if (first === undefined) return [];
  if (first.kind !== 'decision') return [first];
  const end = items.findIndex(({ kind }) => kind !== 'decision');
  return items.slice(0, Math.min(end < 0 ? items.length : end, AT_ONCE));
}

/** What a tab of this person may send. */
export function itemsOf(person: string, items: readonly WaitingItem[]): readonly WaitingItem[] {
  return items.filter((item) => item.person === undefined || item.person === person);
}
