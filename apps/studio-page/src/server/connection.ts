import { createSignal } from '../parts/signal';
import type { Proof } from './ask-proof';

/**
 * `doubted`: somebody else may have taken the server's place, and is asked. `gone`: nobody answers who shows to be our studio.
 * `locked`: the server does not know this tab's key. The key is sent to none of these.
 */
type Connection = 'there' | 'doubted' | 'gone' | 'locked';

export const connection = createSignal<Connection>('there');

const RETRY_MILLIS = 1000;
let prove: () => Promise<Proof> = () => Promise.resolve('none');
let isAsking = false;

/** How whoever answers is asked whether it is our studio. */
export function proveWith(ask: () => Promise<Proof>): void {
  prove = ask;
}

export function noteAnswer(status: number): void {
  if (status === 401) connection.set('locked');
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

async function askUntilProved(): Promise<void> {
  if (isAsking) return;
  isAsking = true;
  for (;;) {
    const proof = await prove().catch(() => 'none' as const);
    if (proof !== 'none') {
      isAsking = false;
      return connection.set(proof === 'right' ? 'there' : 'locked');
    }
    connection.set('gone');
    await new Promise((resolve) => setTimeout(resolve, RETRY_MILLIS));
  }
}
