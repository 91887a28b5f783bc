import { workerData } from 'node:worker_threads';
import { serveThread } from '@winnow/files';
import type { SquareOptions } from '@winnow/imaging';
import { encodePicture } from './encode-picture';

const settings = workerData as SquareOptions;

serveThread(
  (original: Uint8Array) => encodePicture(original, settings),
  (encoding) => ('bytes' in encoding ? [encoding.bytes.buffer] : []),
);
