import { workerData } from 'node:worker_threads';
import { serveThread } from '@winnow/files';
import { openPixels } from '@winnow/shards';
import { type DrawnImages } from './image-draw';
import { renderDraw } from './render-draw';
import { buffersOf, type DrawRequest, type WorkerStart } from './worker-renderer';

const { images, settings } = workerData as WorkerStart;
const reader = openPixels(images);
let spares: ArrayBuffer[] = [];

serveThread(async ({ draws, spare }: DrawRequest) => {
  // What the last request's draws did not need is given up.
  spares = [...spare];
  const drawn: DrawnImages[] = [];
  for (const draw of draws) drawn.push(await renderDraw(draw, reader, settings, allocate));
  return drawn;
}, buffersOf);

function allocate(bytes: number): ArrayBuffer {
  const index = spares.findIndex(({ byteLength }) => byteLength === bytes);
  return index < 0 ? new ArrayBuffer(bytes) : (spares.splice(index, 1)[0] as ArrayBuffer);
}
