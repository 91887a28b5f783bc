import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { SquareOptions } from '@winnow/imaging';
import { encodePicture } from './encode-picture';
import type { EncodingAnswer, EncodingQuestion } from './encoding-messages';

const settings = workerData as SquareOptions;
const port = parentPort as MessagePort;

port.on('message', (question: EncodingQuestion) => void answer(question));

async function answer({ id, original }: EncodingQuestion): Promise<void> {
  try {
    const encoding = await encodePicture(original, settings);
    const handedOver = 'bytes' in encoding ? [encoding.bytes.buffer] : [];
    port.postMessage({ id, encoding } satisfies EncodingAnswer, handedOver);
  } catch (error) {
    // Classes do not survive the way between threads.
    const failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
    port.postMessage({ id, failure } satisfies EncodingAnswer);
  }
}
