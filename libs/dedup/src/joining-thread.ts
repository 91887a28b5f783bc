import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { type JoinStart, takeParts } from './join-in-threads';

const chunks = takeParts(workerData as JoinStart);
(parentPort as MessagePort).postMessage(
  chunks,
  chunks.map(({ buffer }) => buffer),
);
