import type { StudioTopic } from '@winnow/contracts';
import type { StreamMessage } from './event-stream';

const listeners = new Set<(message: StreamMessage) => void>();

/** Calls when something of the topic may have changed. @returns ends it */
export function onTopic(topic: StudioTopic, listener: () => void): () => void {
  const heard = (message: StreamMessage): void => {
    if (message.topic === topic || message.topic === 'gap') listener();
  };
  listeners.add(heard);
  return () => listeners.delete(heard);
}

export function announce(message: StreamMessage): void {
  for (const listener of [...listeners]) listener(message);
}
