import { EventEmitter } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { StudioEvent } from '@winnow/contracts';
import { openStudio, writeStudioProject } from '../spec-support/studio-project';
import type { StudioProject, StudioUnderTest } from '../spec-support/studio-project';
import { EventStream } from './event-stream';

let project: StudioProject;
let studio: StudioUnderTest;
let address: string;

beforeAll(async () => {
  project = await writeStudioProject({ until: 'nothing' });
  studio = await openStudio(project);
  await studio.server.listen({ host: '127.0.0.1', port: 0 });
  address = `http://127.0.0.1:${(studio.server.server.address() as AddressInfo).port}/api/events`;
});
afterAll(async () => {
  await studio.close();
  project.remove();
});

async function listen() {
  const headers = { authorization: `Bearer ${studio.key}` };
  const response = await fetch(address, { headers });
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let text = '';
  return {
    response,
    close: () => reader.cancel(),
    /** Waits for so many blocks that end in an empty line. */
    async blocks(count: number): Promise<string[]> {
      while (text.split('\n\n').length <= count) {
        const { value, done } = await reader.read();
        if (done) break;
        text += Buffer.from(value).toString();
      }
      return text.split('\n\n').slice(0, count);
    },
  };
}

describe('GET /api/events', () => {
  it('numbers events, for all who listen', async () => {
    studio.context.events.publish('crawl');
    const [first, second] = [await listen(), await listen()];
    expect(first.response.headers.get('content-type')).toContain('text/event-stream');
    expect(first.response.headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(await first.blocks(1)).toEqual(['id: 1\n: listening']);
    await second.blocks(1);
    studio.context.events.publish('decisions', { person: 'Anna' });
    studio.context.events.publish('project');
    for (const listener of [first, second]) {
      const [, ...events] = await listener.blocks(3);
      expect(events.map((event) => JSON.parse(event.split('data: ')[1] ?? '') as StudioEvent)).toEqual([
        { number: 2, topic: 'decisions', person: 'Anna' },
        { number: 3, topic: 'project' },
      ]);
      await listener.close();
    }
  });

  it('does something at every heartbeat, while somebody listens', () => {
    jest.useFakeTimers();
    try {
      const events = new EventStream();
      const [task, write] = [jest.fn(), jest.fn()];
      events.atHeartbeat(task);
      jest.advanceTimersByTime(60_000);
      expect(task).not.toHaveBeenCalled();
      const raw = Object.assign(new EventEmitter(), { writeHead: jest.fn(), write, end: jest.fn(), writableLength: 0 });
      events.listen({ hijack: jest.fn(), raw } as never);
      jest.advanceTimersByTime(30_000);
      expect([task.mock.calls.length, write.mock.calls.length]).toEqual([2, 3]);
      raw.emit('close');
      jest.advanceTimersByTime(60_000);
      expect(task).toHaveBeenCalledTimes(2);
    } finally {
      jest.useRealTimers();
    }
  });

  it('is for so many browsers and no more', async () => {
    const listeners = [];
    for (let count = 0; count < 32; count += 1) {
      const listener = await listen();
      await listener.blocks(1);
      listeners.push(listener);
    }
    expect((await listen()).response.status).toBe(503);
    await Promise.all(listeners.map((listener) => listener.close()));
  });
});
