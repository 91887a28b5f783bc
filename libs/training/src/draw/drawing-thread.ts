import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { isWinnowError } from '@winnow/contracts';
import { openPixels } from '@winnow/shards';
import type { DrawnPictures } from './picture-draw';
import { renderDraw } from './render-draw';
import { buffersOf, type DrawAnswer, type DrawFailure, type DrawQuestion, type WorkerStart } from './worker-messages';

const { images, settings } = workerData as WorkerStart;
const reader = openPixels(images);
let spares: ArrayBuffer[] = [];
const port = parentPort as MessagePort;

port.on('message', (question: DrawQuestion) => void answer(question));

async function answer({ id, draws, spare }: DrawQuestion): Promise<void> {
  // What the last question's draws did not need is given up.
  spares = [...spare];
  try {
    const drawn: DrawnPictures[] = [];
    for (const draw of draws) drawn.push(await renderDraw(draw, reader, settings, allocate));
    port.postMessage({ id, drawn } satisfies DrawAnswer, buffersOf(drawn));
  } catch (error) {
    port.postMessage({ id, failure: describe(error) } satisfies DrawAnswer);
  }
}

function allocate(bytes: number): ArrayBuffer {
  const place = spares.findIndex(({ byteLength }) => byteLength === bytes);
  return place < 0 ? new ArrayBuffer(bytes) : (spares.splice(place, 1)[0] as ArrayBuffer);
}

function describe(error: unknown): DrawFailure {
  if (isWinnowError(error)) {
    const { code, message, where, next } = error;
    return { code, message, where, next };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: null, message, where: undefined, next: undefined };
}
