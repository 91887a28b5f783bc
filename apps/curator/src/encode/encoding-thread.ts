import { workerData } from 'node:worker_threads';
import { serveThread } from '@winnow/files';
import type { SquareOptions } from '@winnow/imaging';
import { encodeImage } from './encode-image';

const settings = workerData as SquareOptions;

serveThread(
  (original: Uint8Array) => encodeImage(original, settings),
  (encoding) => ('bytes' in encoding ? [encoding.bytes.buffer] : []),
);
