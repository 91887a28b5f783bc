import type { StudioEvent } from '@winnow/contracts';
import { openEvents } from './client';
import { noteDoubt } from './connection';

const CHANNEL = 'winnow.events';
const RETRY_MILLIS = 2000;

/** `gap`: some events were missed, so everything may have changed. */
export type StreamMessage = StudioEvent | { readonly topic: 'gap' };
/** To other tabs: the stream has ended, and with it the server, perhaps. */
type TabMessage = StreamMessage | { readonly topic: 'doubt' };

/**
 * Follows the server's events: one tab of a browser holds the stream and hands on, as a server takes few streams at a
 * time from one browser. Ends with the tab.
 */
export function followEvents(onMessage: (message: StreamMessage) => void): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }: MessageEvent<TabMessage>) => (data.topic === 'doubt' ? noteDoubt() : onMessage(data));
  const doubt = (): void => {
    noteDoubt();
    channel.postMessage({ topic: 'doubt' } satisfies TabMessage);
  };
  const tell = (message: StreamMessage): void => {
    onMessage(message);
    channel.postMessage(message);
  };
  const first = navigator.locks.request(CHANNEL, { ifAvailable: true }, (lock) =>
    lock === null ? Promise.resolve() : holdStream({ tell, doubt }, false),
  );
  // What happens between the stream of another tab and ours nobody tells.
  void first.then(() => navigator.locks.request(CHANNEL, () => holdStream({ tell, doubt }, true)));
}

interface Listener {
  tell(message: StreamMessage): void;
  doubt(): void;
}

async function holdStream({ tell, doubt }: Listener, isTakenOver: boolean): Promise<never> {
  let last: number | null = null;
  let isFirst = !isTakenOver;
  for (;;) {
    try {
      const stream = await openEvents(new AbortController().signal);
      // What happened between two streams nobody told, whether or not anything was told by the first.
      if (!isFirst) tell({ topic: 'gap' });
      [isFirst, last] = [false, null];
      for await (const event of readEvents(stream)) {
        if (last !== null && event.number > last + 1) tell({ topic: 'gap' });
        last = event.number;
        tell(event);
      }
      doubt();
    } catch {
      // The connection's own bar says that the server is gone.
      doubt();
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MILLIS));
  }
}

async function* readEvents(stream: ReadableStream<Uint8Array>): AsyncGenerator<StudioEvent> {
  const reader = stream.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const { events, left } = splitEvents(rest + value);
    rest = left;
    yield* events;
  }
}

/** Whole events of a text of the stream, and what is left of an unfinished one. */
export function splitEvents(text: string): { readonly events: readonly StudioEvent[]; readonly left: string } {
  const blocks = text.replaceAll('\r\n', '\n').split('\n\n');
  const left = blocks.pop() ?? '';
  const events = blocks.flatMap((block) => {
    const data = block.split('\n').flatMap((line) => (line.startsWith('data:') ? [line.slice(5).trimStart()] : []));
    return data.length === 0 ? [] : [JSON.parse(data.join('\n')) as StudioEvent];
  });
  return { events, left };
}
