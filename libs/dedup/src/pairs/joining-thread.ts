import { workerData } from 'node:worker_threads';
import { serveThread } from '@winnow/files';
import { type JoinStart, takeParts } from './join-in-threads';

serveThread(
  () => takeParts(workerData as JoinStart),
  (chunks) => chunks.map(({ buffer }) => buffer),
);
