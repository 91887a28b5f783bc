import type { ProgressSink, ProgressTask } from './command';

const UNSEEN: ProgressTask = { update: () => undefined, end: () => undefined };

/** Shows a task while `work` is at it and ends it whatever comes: a bar that is left keeps a terminal's process alive. */
export async function withProgress<T>(
  sink: ProgressSink | undefined,
  task: Parameters<ProgressSink['start']>[0],
  work: (shown: ProgressTask) => Promise<T>,
): Promise<T> {
  const shown = sink?.start(task) ?? UNSEEN;
  let how: 'done' | 'stopped' = 'stopped';
  try {
    const result = await work(shown);
    how = 'done';
    return result;
  } finally {
    shown.end(how);
  }
}
