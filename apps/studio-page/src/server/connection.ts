import { createSignal } from '../parts/signal';
import type { Proof } from './ask-proof';

/**
 * `doubted`: somebody else may have taken the server's place, and is asked. `gone`: nobody answers who shows to be our studio.
 * `locked`: the server does not know this tab's key. The key is sent to none of these, and whoever answers is asked until it is our
 * studio.
 */
type Connection = 'there' | 'doubted' | 'gone' | 'locked';

export const connection = createSignal<Connection>('there');

const RETRY_MILLIS = 1000;
/** Another program may have the port for a while. */
const LOCKED_RETRY_MILLIS = 5000;
let prove: () => Promise<Proof> = () => Promise.resolve('none');
let isAsking = false;

/** How whoever answers is asked whether it is our studio. */
export function proveWith(ask: () => Promise<Proof>): void {
  prove = ask;
}

export function noteAnswer(status: number): void {
  if (status !== 401) return;
  connection.set('locked');
  void askUntilProved(LOCKED_RETRY_MILLIS);
}

/** Nobody answered: asked at once, then each second, without the key. */
export function noteSilence(): void {
  connection.set('gone');
  void askUntilProved();
}

/** The server may have ended. */
export function noteDoubt(): void {
  if (connection.get() !== 'there') return;
  connection.set('doubted');
  void askUntilProved();
}

/** Resolves when it is known who is there. */
export function whenKnown(): Promise<void> {
  return new Promise((resolve) => {
    if (connection.get() !== 'doubted') return resolve();
    const end = connection.subscribe(() => {
      if (connection.get() === 'doubted') return;
      end();
      resolve();
    });
  });
}

/** @param firstMillis after which it is asked first */
async function askUntilProved(firstMillis = 0): Promise<void> {
  if (isAsking) return;
  isAsking = true;
  if (firstMillis > 0) await passed(firstMillis);
  for (;;) {
    const proof = await prove().catch(() => 'none' as const);
    if (proof === 'right') break;
    connection.set(proof === 'wrong' ? 'locked' : 'gone');
    await passed(proof === 'wrong' ? LOCKED_RETRY_MILLIS : RETRY_MILLIS);
  }
  isAsking = false;
  connection.set('there');
}

const passed = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis));
