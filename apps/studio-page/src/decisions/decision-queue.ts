import type { Decision, DecisionOrigin, PairSaying } from '@winnow/contracts';
import { createSignal } from '../parts/signal';
import { newId } from '../parts/uuid7';
import { StudioError, write } from '../server/client';
import { connection } from '../server/connection';
import { notify } from '../parts/notices';
import { countOf } from '../parts/numbers';
import { refreshAfter } from '../server/refresh';
import type { WaitingItem } from './waiting-store';
import { firstRun, itemsOf, WaitingStore } from './waiting-store';

const RETRY_MILLIS = 1000;
/** Longest wait for the frame that shows a decision: a tab that is not seen has none. */
const FRAME_MILLIS = 50;
const CHANNEL = 'winnow.waiting';

/** Not stored yet, of all tabs of this person in this browser. */
export const waiting = createSignal<readonly WaitingItem[]>([]);

/** What was decided here and may not be in a list that was read before: by `localKey`, of one image its sha256. */
export interface LocalDecision {
  readonly says: string;
  readonly batch: string;
  /** `performance.now()` when the server had stored it; null: not yet. */
  readonly storedAt: number | null;
}
export const localDecisions = createSignal<ReadonlyMap<string, LocalDecision>>(new Map());

let store: WaitingStore | null = null;
let person = '';
/** Batches of this tab, oldest first: what is undone is the newest of these, whatever other tabs did. */
let own: readonly string[] = [];
let undone: readonly string[] = [];
let isSending = false;
const channel = new BroadcastChannel(CHANNEL);

/** What came to an end of that which waited, as other tabs of this browser are told: a tab may send what another one decided. */
interface Settled {
  readonly ids: ReadonlySet<string>;
  /** Of these, lines that are stored nowhere. */
  readonly refused: ReadonlySet<string>;
}
const NOTHING: Settled = { ids: new Set(), refused: new Set() };

/** @param project names it among others that may be served here */
export function startDecisions(project: string, name: string): void {
  store = new WaitingStore(project);
  person = name;
  channel.onmessage = ({ data }: MessageEvent<Settled>) => {
    noteSettled(data);
    void reload();
  };
  void reload().then(send);
  void tellOfOthers();
  connection.subscribe(() => {
    if (connection.get() === 'there') void send();
  });
  addEventListener('beforeunload', (event) => {
    if (waiting.get().length > 0) event.preventDefault();
  });
}

interface DecideOptions {
  /** `class:NAME`, `open`, `unsure`, `cleared`, `leave-out` or `take-in`; by image where they differ. */
  readonly says: string | ((sha256: string) => string);
  readonly origin: DecisionOrigin;
  readonly shown?: Decision['shown'];
  readonly plan?: string;
  readonly note?: string;
  /** Undone together with earlier ones of this batch. */
  readonly batch?: string;
}

/** Two images: copies of each other, or not. */
export interface ImagePair {
  /** Of `keep`: the one that is kept. */
  readonly sha256: string;
  readonly otherSha256: string;
}

/** Under which a decision stands in `localDecisions`: what is said for the next build is no opinion about an image. */
export function localKey({ sha256, otherSha256, says }: Pick<Decision, 'sha256' | 'otherSha256' | 'says'>): string {
  if (otherSha256 !== undefined) return [sha256, otherSha256].sort().join(' ');
  return says === 'leave-out' || says === 'take-in' ? `place ${sha256}` : sha256;
}

/** Decides of pairs for the next build, as `decide` does of images. @returns the batch */
export function decidePairs(
  pairs: readonly ImagePair[],
  { says, batch = newId() }: { readonly says: PairSaying; readonly batch?: string },
): string {
  const origin = pairs.length > 1 ? 'bulk' : 'one';
  return enter(pairs.map((pair) => ({ id: newId(), ...pair, batch, says, origin })));
}

/** Decides of images: drawn at once, kept in this browser, then stored. @returns the batch, for undo */
export function decide(images: readonly string[], { says, batch = newId(), ...more }: DecideOptions): string {
  const decisions = images.map((sha256): Decision => {
    return { id: newId(), sha256, batch, says: typeof says === 'string' ? says : says(sha256), ...more };
  });
  enter(decisions);
  return batch;
}

/** Draws decisions of one batch, and has them stored. @returns the batch */
function enter(decisions: readonly Decision[]): string {
  const local = new Map(localDecisions.get());
  for (const decision of decisions) {
    // Behind all others: the newest is undone first.
    local.delete(localKey(decision));
    local.set(localKey(decision), { says: decision.says, batch: decision.batch, storedAt: null });
  }
  localDecisions.set(local);
  const batch = decisions[0]?.batch ?? '';
  [own, undone] = [[...own.filter((other) => other !== batch), batch], []];
  queue(decisions.map((decision) => ({ kind: 'decision', id: decision.id, decision, person })));
  return batch;
}

/** The batch that is named, or the last one of this tab; after a reload one's own last one. */
export function undo(batch = own.at(-1)): void {
  if (batch !== undefined) [own, undone] = [own.filter((other) => other !== batch), [...undone, batch]];
  localDecisions.set(new Map([...localDecisions.get()].filter(([, decision]) => decision.batch !== batch)));
  takeBack('undo', batch);
}

/** The batch that is named, or the one that was undone last, unless something was decided since. */
export function redo(batch?: string): void {
  const again = batch ?? undone.at(-1);
  if (again !== undefined) [own, undone] = [[...own, again], undone.filter((other) => other !== again)];
  takeBack('redo', batch);
}

function takeBack(kind: 'undo' | 'redo', batch: string | undefined): void {
  queue([{ kind, id: newId(), person, ...(batch === undefined ? {} : { batch }) }]);
}

/** Items that IndexedDB does not have yet, by id. */
const adding = new Map<string, WaitingItem>();

function queue(items: readonly WaitingItem[]): void {
  waiting.set([...waiting.get(), ...items]);
  for (const item of items) adding.set(item.id, item);
  void store
    ?.add(items)
    .then(() => items.forEach(({ id }) => adding.delete(id)))
    .catch((error: Error) => notify({ text: `${error.message} It is sent all the same.`, isAlarm: true }))
    .then(drawn)
    .then(() => {
      channel.postMessage(NOTHING);
      return send();
    });
}

/** Behind the frame that shows what was decided, unless that is late: sending it takes nothing from the frame. */
function drawn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, FRAME_MILLIS);
    requestAnimationFrame(() => setTimeout(resolve));
  });
}

async function reload(): Promise<void> {
  const kept = itemsOf(person, (await store?.all()) ?? []);
  const ids = new Set(kept.map(({ id }) => id));
  waiting.set([...kept, ...[...adding.values()].filter(({ id }) => !ids.has(id))]);
}

/** Once: another person's tab of this browser ended before all was stored. */
async function tellOfOthers(): Promise<void> {
  const kept = (await store?.all()) ?? [];
  const others = new Set(
    kept.flatMap((item) => (item.person === undefined || item.person === person ? [] : item.person)),
  );
  for (const name of others)
    notify({ text: `Decisions of ${name} wait in this browser: they are stored when ${name} opens the studio here.` });
}

/** Sends what waits, in order, one tab at a time. */
async function send(): Promise<void> {
  if (isSending) return;
  isSending = true;
  try {
    await navigator.locks.request(CHANNEL, async () => {
      for (let next = firstRun(waiting.get()); next.length > 0; next = firstRun(waiting.get())) {
        if (!(await sendRun(next))) await new Promise((resolve) => setTimeout(resolve, RETRY_MILLIS));
      }
    });
  } finally {
    isSending = false;
  }
}

const WAITING_ANSWERS: ReadonlySet<number> = new Set([401, 403, 404, 421, 429]);

/** @returns whether it is settled */
async function sendRun(items: readonly WaitingItem[]): Promise<boolean> {
  try {
    const settled = await post(items);
    await settle(settled);
    return settled.ids.size > 0;
  } catch (error) {
    // Nobody answers, the database is away, or the studio was started again to be read only: they go on waiting.
    if (!(error instanceof StudioError) || error.status >= 500 || WAITING_ANSWERS.has(error.status)) return false;
    if (items.length > 1) {
      // One bad line must not take the others with it.
      const half = items.length >> 1;
      const isFirstSettled = await sendRun(items.slice(0, half));
      return (await sendRun(items.slice(half))) || isFirstSettled;
    }
    const isDecision = items[0]?.kind === 'decision';
    const what = isDecision ? 'A decision was refused' : 'Nothing was undone';
    notify({ text: `${what}: ${error.message}`, isAlarm: isDecision });
    // What was taken off the page with it is as lists say.
    if (!isDecision) localDecisions.set(new Map());
    const ids = new Set(items.map(({ id }) => id));
    await settle({ ids, refused: ids });
    return true;
  }
}

/** @returns lines that need not be sent again */
async function post(items: readonly WaitingItem[]): Promise<Settled> {
  const [first] = items;
  if (first === undefined) return NOTHING;
  if (first.kind !== 'decision') {
    const { id, batch } = first;
    await write(`/api/${first.kind}`, { id, ...(batch === undefined ? {} : { batch }) });
    return { ids: new Set([id]), refused: NOTHING.refused };
  }
  const decisions = items.flatMap((item) => (item.kind === 'decision' ? [item.decision] : []));
  const { stored, refused } = await write('/api/decisions', { decisions });
  if (refused.length > 0) {
    const text = `${countOf(refused.length, 'decision')} will not be stored: of images that were forgotten, or of a class that is gone.`;
    notify({ text, isAlarm: true });
  }
  return { ids: new Set([...stored, ...refused]), refused: new Set(refused) };
}

async function settle(settled: Settled): Promise<void> {
  noteSettled(settled);
  await store?.remove(settled.ids);
  channel.postMessage(settled);
}

/** Lists that are read from now on know it. */
function noteSettled({ ids, refused }: Settled): void {
  if (ids.size === 0) return;
  const items = waiting.get().filter(({ id }) => ids.has(id));
  waiting.set(waiting.get().filter(({ id }) => !ids.has(id)));
  const local = new Map(localDecisions.get());
  for (const item of items) {
    if (item.kind !== 'decision') continue;
    const key = localKey(item.decision);
    const decision = local.get(key);
    if (decision?.batch !== item.decision.batch) continue;
    if (refused.has(item.id)) local.delete(key);
    else local.set(key, { ...decision, storedAt: performance.now() });
  }
  localDecisions.set(local);
  refreshAfter({ topic: 'decisions' });
}
