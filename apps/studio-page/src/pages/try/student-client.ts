import workerAddress from './student-worker?worker&url';
import { startWorker } from './start-worker';
import type { WorkerAnswer, WorkerRequests } from './worker-messages';

/** A student in a worker of its own. */
export interface StudentClient {
  /** @throws Error with what the worker says, or that it ended */
  ask<Kind extends keyof WorkerRequests>(
    kind: Kind,
    ask: WorkerRequests[Kind]['ask'],
  ): Promise<WorkerRequests[Kind]['answer']>;
  /** Ends it; what was asked is not answered any more. */
  close(): void;
}

interface Waiting {
  resolve(answer: never): void;
  reject(error: Error): void;
}

export function startStudentClient(): StudentClient {
  const worker = startWorker(workerAddress);
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  worker.onmessage = ({ data }: MessageEvent<WorkerAnswer>) => {
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if ('error' in data) asked?.reject(new Error(data.error));
    else asked?.resolve(data.answer as never);
  };
  worker.onerror = (event) => {
    const error = new Error(event.message ? `The worker ended: ${event.message}` : 'The worker could not be loaded.');
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  return {
    ask(kind, ask) {
      lastId += 1;
      const id = lastId;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        worker.postMessage({ id, kind, ask });
      });
    },
    close: () => worker.terminate(),
  };
}
