import { workerData } from 'node:worker_threads';
import { serveThread } from '@winnow/files';
import { openPixels } from '@winnow/shards';
import { type DrawnImages } from './image-draw';
import { renderDraw } from './render-draw';
import { buffersOf, SpareMemory } from './spare-memory';
import type { DrawRequest, WorkerStart } from './worker-renderer';

const { images, settings } = workerData as WorkerStart;
const reader = openPixels(images);
const memory = new SpareMemory();

serveThread(async ({ draws, spare }: DrawRequest) => {
  memory.give(spare);
  const drawn: DrawnImages[] = [];
  for (const draw of draws) drawn.push(await renderDraw(draw, reader, settings, (bytes) => memory.take(bytes)));
  // Another request may be under way, and needs as much as this one did.
  memory.keep(buffersOf(drawn).length);
  return drawn;
});
