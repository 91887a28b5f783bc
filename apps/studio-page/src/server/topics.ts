import type { StudioTopic } from '@winnow/contracts';
import type { StreamMessage } from './event-stream';

type HeardTopic = StreamMessage['topic'];

const listeners = new Set<(heard: HeardTopic) => void>();

/** Calls when something of the topic may have changed. @returns ends it */
export function onTopic(topic: StudioTopic, listener: () => void): () => void {
  const hear = (heard: HeardTopic): void => {
    if (heard === topic || heard === 'gap') listener();
  };
  listeners.add(hear);
  return () => listeners.delete(hear);
}

export function announce(topic: HeardTopic): void {
  for (const listener of [...listeners]) listener(topic);
}
