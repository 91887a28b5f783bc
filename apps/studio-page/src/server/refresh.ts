import type { StreamMessage } from './event-stream';
import { PROJECT, queryClient } from './project';
import { announce } from './topics';

/** A decision is told by its answer and by an event, and those of quick keys follow each other closely: they are read once. */
const GATHER_MILLIS = 200;

const changed = new Set<StreamMessage['topic']>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** Has what a message is about read again soon; in a tab that nobody sees, when somebody does. */
export function refreshAfter({ topic }: Pick<StreamMessage, 'topic'>): void {
  changed.add(topic);
  timer ??= setTimeout(readAgain, GATHER_MILLIS);
}

/** Queries by what they show: the first part of their key is a topic. */
function readAgain(): void {
  timer = undefined;
  if (document.visibilityState === 'hidden') {
    document.addEventListener('visibilitychange', () => (timer ??= setTimeout(readAgain)), { once: true });
    return;
  }
  const topics = [...changed];
  changed.clear();
  for (const topic of topics) announce(topic);
  if (topics.includes('gap')) {
    void queryClient.invalidateQueries();
    return;
  }
  for (const topic of topics) void queryClient.invalidateQueries({ queryKey: [topic] });
  // Its figures count everything; what else is of the project stays as it is.
  if (!topics.includes('project')) void queryClient.invalidateQueries({ queryKey: PROJECT.queryKey, exact: true });
}
