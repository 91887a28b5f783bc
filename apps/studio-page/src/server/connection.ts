import { createSignal } from '../parts/signal';

/** `gone`: nobody answers. `locked`: the server does not know this tab's key. */
type Connection = 'there' | 'gone' | 'locked';

export const connection = createSignal<Connection>('there');

const RETRY_MILLIS = 1000;
let probe: (() => Promise<unknown>) | null = null;
let isProbing = false;

/** What is asked each second while nobody answers. */
export function probeWith(ask: () => Promise<unknown>): void {
  probe = ask;
}

export function noteAnswer(status: number): void {
  connection.set(status === 401 ? 'locked' : 'there');
}

export function noteSilence(): void {
  connection.set('gone');
  if (!isProbing) void probeUntilThere();
}

async function probeUntilThere(): Promise<void> {
  isProbing = true;
  while (connection.get() === 'gone') {
    await new Promise((resolve) => setTimeout(resolve, RETRY_MILLIS));
    // It says itself whether somebody answered.
    await probe?.().catch(() => undefined);
  }
  isProbing = false;
}
